import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { CreateInstanceDocument, InstancesDocument } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction, useCan, usePages } from '../../api/index.js';
import {
  AI_AGENT_NAMES,
  Button,
  Empty,
  Field,
  FormDialog,
  Listing,
  Page,
  RelativeTime,
  RoleNote,
  safeText,
  Table,
} from '../../ui/index.js';
import { InstanceStateBadge } from './badges.js';

export function InstanceList() {
  const pages = usePages(InstancesDocument, { limit: 50 }, ({ instances }) => instances);
  const mayChange = useCan('ADMIN');
  const [isCreating, setCreating] = useState(false);
  const create = mayChange && (
    <Button kind="primary" onClick={() => setCreating(true)}>
      New instance
    </Button>
  );
  return (
    <Page title="Instances" actions={create}>
      <RoleNote needs="ADMIN" todo="create or change instances" />
      <Listing
        pages={pages}
        empty={
          <Empty title="No instances yet" action={create}>
            An instance holds AI agents with their keys and configuration, apart from every other. Triages run on one.
          </Empty>
        }
      >
        {(instances) => (
          <Table
            caption="Instances, newest first"
            rows={instances}
            keyOf={({ id }) => id}
            columns={[
              {
                head: 'Name',
                kind: 'main',
                cell: ({ id, name }) => (
                  <Link href={`/instances/${id}`}>
                    <strong>{safeText(name)}</strong>
                  </Link>
                ),
              },
              { head: 'State', cell: ({ state }) => <InstanceStateBadge state={state} /> },
              {
                head: 'AI agents',
                cell: ({ aiAgents }) =>
                  aiAgents
                    .filter(({ configured }) => configured)
                    .map(({ aiAgent }) => AI_AGENT_NAMES[aiAgent])
                    .join(', ') || 'none configured',
              },
              {
                head: 'Started',
                cell: ({ startedAt }) => (startedAt === null ? '–' : <RelativeTime at={startedAt} />),
              },
              { head: 'Created', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
            ]}
          />
        )}
      </Listing>
      {isCreating && <CreateInstance onClose={() => setCreating(false)} />}
    </Page>
  );
}

function CreateInstance({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const { run, isBusy, problem } = useAction(CreateInstanceDocument);
  const [, navigate] = useLocation();
  const faults = faultsOf(problem, ['name']);
  const create = async () => {
    const created = await run({ input: { name } });
    if (created) navigate(`/instances/${created.createInstance.id}`);
  };
  return (
    <FormDialog
      title="New instance"
      verb="Create"
      busy={isBusy}
      problem={faults.other}
      onSubmit={() => void create()}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="Unique among your instances. Its AI agents are configured next."
        value={name}
        error={faults.at.name}
        autoFocus
        onChange={({ target }) => setName(target.value)}
      />
    </FormDialog>
  );
}
