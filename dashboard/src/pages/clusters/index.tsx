import { useState } from 'react';
import { ClustersDocument } from '../../../../sdk/src/generated/graphql.js';
import type { ClusterFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { useCan, usePages } from '../../api/index.js';
import { Badge, Button, Empty, Listing, Page, RelativeTime, RoleNote, safeText, Table } from '../../ui/index.js';
import { ClusterDialog } from './cluster-dialog.js';
import { ClusterForm } from './cluster-form.js';
import { DeleteCluster } from './delete-cluster.js';
import { ExpiryBadge } from './expiry-badge.js';
import './clusters.css';

type Cluster = ClusterFieldsFragment;
type Open =
  | { readonly name: 'register' }
  | { readonly name: 'show'; readonly id: string }
  | { readonly name: 'update' | 'delete'; readonly cluster: Cluster };

/** The clusters that triages may reach. */
export default function ClustersPage() {
  const pages = usePages(ClustersDocument, { limit: 50 }, ({ clusters }) => clusters);
  const mayChange = useCan('ADMIN');
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const show = (id: string) => {
    pages.reload();
    setOpen({ name: 'show', id });
  };
  const register = mayChange && (
    <Button kind="primary" onClick={() => setOpen({ name: 'register' })}>
      Register a cluster
    </Button>
  );
  return (
    <Page title="Clusters" actions={register}>
      <RoleNote needs="ADMIN" todo="register or change clusters" />
      <Listing
        pages={pages}
        empty={
          <Empty title="No clusters yet" action={register}>
            A triage that names a cluster gives its agent kubectl, with exactly the rights that were registered.
          </Empty>
        }
      >
        {(clusters) => (
          <Table
            caption="Clusters, newest first"
            rows={clusters}
            keyOf={({ id }) => id}
            columns={[
              {
                head: 'Name',
                kind: 'main',
                cell: ({ id, name }) => (
                  <Button
                    kind="quiet"
                    className="cluster-name"
                    aria-label={`Show ${name}`}
                    onClick={() => setOpen({ name: 'show', id })}
                  >
                    {safeText(name)}
                  </Button>
                ),
              },
              { head: 'Server', cell: ({ serverUrl }) => <code className="prose">{safeText(serverUrl)}</code> },
              { head: 'Version', cell: ({ kubernetesVersion }) => kubernetesVersion ?? '–' },
              { head: 'Credential', cell: (cluster) => <ExpiryBadge cluster={cluster} /> },
              {
                head: 'Rights',
                cell: ({ canReadSecrets, warnings }) => {
                  if (canReadSecrets) return <Badge tone="bad">Reads Secrets</Badge>;
                  return warnings.length > 0 ? (
                    <Badge tone="warn">See its warnings</Badge>
                  ) : (
                    <Badge tone="good">Reads</Badge>
                  );
                },
              },
              { head: 'Checked', cell: ({ checkedAt }) => <RelativeTime at={checkedAt} /> },
              ...(mayChange
                ? [
                    {
                      head: 'Actions',
                      cell: (cluster: Cluster) => (
                        <div className="row">
                          <Button
                            aria-label={`Update ${cluster.name}`}
                            onClick={() => setOpen({ name: 'update', cluster })}
                          >
                            Update
                          </Button>
                          <Button
                            kind="danger"
                            aria-label={`Delete ${cluster.name}`}
                            onClick={() => setOpen({ name: 'delete', cluster })}
                          >
                            Delete
                          </Button>
                        </div>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Listing>
      {open?.name === 'register' && <ClusterForm onClose={close} onSaved={show} />}
      {open?.name === 'update' && <ClusterForm cluster={open.cluster} onClose={close} onSaved={show} />}
      {open?.name === 'show' && <ClusterDialog id={open.id} onClose={close} onChecked={pages.reload} />}
      {open?.name === 'delete' && (
        <DeleteCluster
          cluster={open.cluster}
          onClose={close}
          onDeleted={() => {
            close();
            pages.reload();
          }}
        />
      )}
    </Page>
  );
}
