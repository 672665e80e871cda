import { useState } from 'react';
import { DeleteToolDocument, ToolsDocument } from '../../../../sdk/src/generated/graphql.js';
import type { ToolFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { useAction, useCan, usePages } from '../../api/index.js';
import {
  Button,
  Confirm,
  Empty,
  Listing,
  Page,
  RelativeTime,
  RoleNote,
  safeText,
  Table,
  useAnnounce,
} from '../../ui/index.js';
import { ToolDialog } from './tool-dialog.js';

type Tool = ToolFieldsFragment;

type Open = { readonly name: 'create' } | { readonly name: 'edit' | 'delete'; readonly tool: Tool };

const PAGE = { limit: 50 };

/** The tools that agents may have. */
export default function ToolsPage() {
  const pages = usePages(ToolsDocument, PAGE, ({ tools }) => tools);
  const mayChange = useCan('OPERATOR');
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const saved = () => {
    close();
    pages.reload();
  };
  const create = (
    <Button kind="primary" onClick={() => setOpen({ name: 'create' })}>
      New tool
    </Button>
  );
  return (
    <Page title="Tools" actions={mayChange && create}>
      <RoleNote needs="OPERATOR" todo="create or change tools" />
      <Listing
        pages={pages}
        empty={
          <Empty title="No tools yet" action={mayChange && create}>
            A tool is a capability by name and description; agents are given tools.
          </Empty>
        }
      >
        {(tools) => (
          <Table
            caption="Tools"
            rows={tools}
            keyOf={({ id }) => id}
            columns={[
              { head: 'Name', kind: 'main', cell: ({ name }) => <strong>{safeText(name)}</strong> },
              {
                head: 'Description',
                cell: ({ description }) => <span className="prose">{safeText(description) || '–'}</span>,
              },
              { head: 'Changed', cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
              ...(mayChange
                ? [
                    {
                      head: 'Actions',
                      cell: (tool: Tool) => (
                        <div className="row">
                          <Button aria-label={`Edit ${tool.name}`} onClick={() => setOpen({ name: 'edit', tool })}>
                            Edit
                          </Button>
                          <Button
                            kind="danger"
                            aria-label={`Delete ${tool.name}`}
                            onClick={() => setOpen({ name: 'delete', tool })}
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
      {open?.name === 'create' && <ToolDialog onClose={close} onSaved={saved} />}
      {open?.name === 'edit' && <ToolDialog tool={open.tool} onClose={close} onSaved={saved} />}
      {open?.name === 'delete' && <DeleteTool tool={open.tool} onClose={close} onDeleted={saved} />}
    </Page>
  );
}

function DeleteTool({
  tool,
  onClose,
  onDeleted,
}: {
  readonly tool: Tool;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const { run, isBusy, problem } = useAction(DeleteToolDocument);
  const announce = useAnnounce();
  const remove = async () => {
    if (!(await run({ id: tool.id }))) return;
    announce(`${tool.name} was deleted.`);
    onDeleted();
  };
  const agents = problem?.code === 'TOOL_IN_USE' ? namesOf(problem.details.agents) : [];
  return (
    <Confirm
      title="Delete this tool?"
      verb="Delete"
      busy={isBusy}
      problem={problem}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>
        <strong>{safeText(tool.name)}</strong> is deleted for good. A tool that agents have cannot be deleted.
      </p>
      {agents.length > 0 && (
        <>
          <p>These agents have it:</p>
          <ul>
            {agents.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </>
      )}
    </Confirm>
  );
}

/** The names in an error's details, which are whatever the server says. */
function namesOf(agents: unknown): readonly string[] {
  if (!Array.isArray(agents)) return [];
  return agents.flatMap((agent: unknown) => {
    const name: unknown = typeof agent === 'object' && agent !== null && 'name' in agent ? agent.name : agent;
    return typeof name === 'string' ? [name] : [];
  });
}
