import { useState } from 'react';
import { AgentsDocument, DeleteAgentDocument } from '../../../../sdk/src/generated/graphql.js';
import { useAction, useCan, usePages } from '../../api/index.js';
import { Button, Confirm, Empty, Listing, Page, RoleNote, safeText, Table, useAnnounce } from '../../ui/index.js';
import { AgentDialog } from './agent-dialog.js';
import type { Agent } from './agent-dialog.js';
import { Executions, useExecutions } from './executions.js';
import { RunDialog } from './run-dialog.js';
import './agents.css';

type Open = { readonly name: 'create' } | { readonly name: 'edit' | 'delete' | 'run'; readonly agent: Agent };

/** The platform's agents, a place to run one, and what they answered. */
export default function AgentsPage() {
  const pages = usePages(AgentsDocument, { limit: 50 }, ({ agents }) => agents);
  const executions = useExecutions();
  const mayChange = useCan('OPERATOR');
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const saved = () => {
    close();
    pages.reload();
  };
  const create = (
    <Button kind="primary" onClick={() => setOpen({ name: 'create' })}>
      New agent
    </Button>
  );
  return (
    <Page title="Agents" actions={mayChange && create}>
      <RoleNote needs="OPERATOR" todo="create, change or run agents" />
      <Listing
        pages={pages}
        empty={
          <Empty title="No agents yet" action={mayChange && create}>
            An agent is a role with tools, which can be given tasks.
          </Empty>
        }
      >
        {(agents) => (
          <Table
            caption="Agents, newest first"
            rows={agents}
            keyOf={({ id }) => id}
            columns={[
              {
                head: 'Name',
                kind: 'main',
                cell: ({ name, description }) => (
                  <>
                    <strong>{safeText(name)}</strong>
                    {description !== '' && <div className="soft prose">{safeText(description)}</div>}
                  </>
                ),
              },
              { head: 'Role', cell: ({ role }) => <span className="prose">{safeText(role)}</span> },
              { head: 'Tools', cell: ({ tools }) => (tools.length === 0 ? '–' : <Tools tools={tools} />) },
              ...(mayChange
                ? [{ head: 'Actions', cell: (agent: Agent) => <Actions agent={agent} onOpen={setOpen} /> }]
                : []),
            ]}
          />
        )}
      </Listing>
      <Executions pages={executions} />
      {open?.name === 'create' && <AgentDialog onClose={close} onSaved={saved} />}
      {open?.name === 'edit' && <AgentDialog agent={open.agent} onClose={close} onSaved={saved} />}
      {open?.name === 'run' && <RunDialog agent={open.agent} onClose={close} onRun={executions.reload} />}
      {open?.name === 'delete' && <DeleteAgent agent={open.agent} onClose={close} onDeleted={saved} />}
    </Page>
  );
}

/** Each by itself, so that none of the names can turn the others around. */
const Tools = ({ tools }: Pick<Agent, 'tools'>) => (
  <ul className="tool-names prose">
    {tools.map(({ id, name }) => (
      <li key={id}>{safeText(name)}</li>
    ))}
  </ul>
);

function Actions({ agent, onOpen }: { readonly agent: Agent; readonly onOpen: (open: Open) => void }) {
  return (
    <div className="row">
      <Button kind="primary" aria-label={`Run ${agent.name}`} onClick={() => onOpen({ name: 'run', agent })}>
        Run
      </Button>
      <Button aria-label={`Edit ${agent.name}`} onClick={() => onOpen({ name: 'edit', agent })}>
        Edit
      </Button>
      <Button kind="danger" aria-label={`Delete ${agent.name}`} onClick={() => onOpen({ name: 'delete', agent })}>
        Delete
      </Button>
    </div>
  );
}

function DeleteAgent({
  agent,
  onClose,
  onDeleted,
}: {
  readonly agent: Agent;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const { run, isBusy, problem } = useAction(DeleteAgentDocument);
  const announce = useAnnounce();
  const remove = async () => {
    if (!(await run({ id: agent.id }))) return;
    announce(`${agent.name} was deleted.`);
    onDeleted();
  };
  return (
    <Confirm
      title="Delete this agent?"
      verb="Delete"
      busy={isBusy}
      problem={problem}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>
        <strong>{safeText(agent.name)}</strong> is deleted for good. Its tools and its executions stay.
      </p>
    </Confirm>
  );
}
