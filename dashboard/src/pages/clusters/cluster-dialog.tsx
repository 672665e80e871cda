import { CheckClusterDocument, ClusterDocument } from '../../../../sdk/src/generated/graphql.js';
import type { ClusterQuery } from '../../../../sdk/src/generated/graphql.js';
import { useAction, useCan, useRead } from '../../api/index.js';
import { Button, Dialog, ErrorBox, RelativeTime, safeTexts, Spinner, useAnnounce } from '../../ui/index.js';
import { ExpiryBadge } from './expiry-badge.js';

type Cluster = ClusterQuery['cluster'];

/** What a cluster's preflight found: who answers, and what the credential may do. */
export function ClusterDialog({
  id,
  onClose,
  onChecked,
}: {
  readonly id: string;
  readonly onClose: () => void;
  readonly onChecked: () => void;
}) {
  const { data, problem, reload } = useRead(ClusterDocument, { id });
  const check = useAction(CheckClusterDocument);
  const mayCheck = useCan('ADMIN');
  const announce = useAnnounce();
  const checkAgain = async () => {
    if (!(await check.run({ id }))) return;
    announce('The cluster was checked.');
    reload();
    onChecked();
  };
  return (
    <Dialog
      title={data?.cluster.name ?? 'Cluster'}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          {mayCheck && (
            <Button kind="primary" busy={check.isBusy} onClick={() => void checkAgain()}>
              Check again
            </Button>
          )}
        </>
      }
    >
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      {check.problem && <ErrorBox problem={check.problem} />}
      {!data && !problem && <Spinner />}
      {data && <Found cluster={safeTexts(data.cluster)} />}
    </Dialog>
  );
}

function Found({ cluster }: { readonly cluster: Cluster }) {
  return (
    <>
      <dl className="cluster-facts">
        <dt>Server</dt>
        <dd>
          <code>{cluster.serverUrl}</code>
        </dd>
        <dt>Kubernetes</dt>
        <dd>{cluster.kubernetesVersion ?? 'it does not tell'}</dd>
        <dt>Credential</dt>
        <dd>
          <ExpiryBadge cluster={cluster} /> · version {cluster.credentialVersion}
        </dd>
        <dt>Namespace</dt>
        <dd>{cluster.namespace}</dd>
        <dt>CA</dt>
        <dd>
          {cluster.caFingerprints.length === 0
            ? 'the machine’s own list of authorities'
            : cluster.caFingerprints.map((fingerprint) => (
                <code key={fingerprint} className="fingerprint">
                  {fingerprint}
                </code>
              ))}
        </dd>
        <dt>Checked</dt>
        <dd>
          <RelativeTime at={cluster.checkedAt} />
        </dd>
      </dl>
      {cluster.canReadSecrets && (
        <p className="warning">The credential can read Secrets. An agent has no need to see them.</p>
      )}
      {cluster.warnings.map((warning) => (
        <p key={warning} className="warning">
          {warning}
        </p>
      ))}
      <h3>What may be read</h3>
      {cluster.access.map(({ namespaces, rules }) => (
        <details key={namespaces.join()} className="access" open={cluster.access.length === 1}>
          <summary>{namespaces.join(', ') || 'No namespace'}</summary>
          {rules.length === 0 ? (
            <p className="soft">Nothing.</p>
          ) : (
            <ul>
              {rules.map((rule, index) => (
                <li key={index}>
                  <code>{rule.resources.join(', ')}</code>{' '}
                  <span className="soft">
                    {rule.verbs.join(', ')}
                    {rule.resourceNames.length > 0 && `; only ${rule.resourceNames.join(', ')}`}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </details>
      ))}
    </>
  );
}
