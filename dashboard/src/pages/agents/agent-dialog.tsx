import { useState } from 'react';
import { CreateAgentDocument, ToolsDocument, UpdateAgentDocument } from '../../../../sdk/src/generated/graphql.js';
import type { AgentsQuery } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction, usePages } from '../../api/index.js';
import { Checkbox, Field, FormDialog, Listing, TextArea, useAnnounce } from '../../ui/index.js';

export type Agent = AgentsQuery['agents']['items'][number];

/** A new agent, or the one that is given. */
export function AgentDialog({
  agent,
  onClose,
  onSaved,
}: {
  readonly agent?: Agent;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const [form, setForm] = useState({
    name: agent?.name ?? '',
    role: agent?.role ?? '',
    description: agent?.description ?? '',
    toolIds: agent?.tools.map(({ id }) => id) ?? [],
  });
  const create = useAction(CreateAgentDocument);
  const update = useAction(UpdateAgentDocument);
  const announce = useAnnounce();
  const { isBusy, problem } = agent ? update : create;
  const faults = faultsOf(problem, ['name', 'role', 'description', 'toolIds']);
  const save = async () => {
    if (!(await (agent ? update.run({ id: agent.id, input: form }) : create.run({ input: form })))) return;
    announce(agent ? `${form.name} was changed.` : `${form.name} was created.`);
    onSaved();
  };
  return (
    <FormDialog
      title={agent ? 'Edit agent' : 'New agent'}
      verb={agent ? 'Save' : 'Create'}
      busy={isBusy}
      problem={faults.other}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="One line, unique among your agents."
        value={form.name}
        error={faults.at.name}
        autoFocus
        onChange={({ target }) => setForm({ ...form, name: target.value })}
      />
      <Field
        label="Role"
        hint="What it is, in a few words: researcher."
        value={form.role}
        error={faults.at.role}
        onChange={({ target }) => setForm({ ...form, role: target.value })}
      />
      <TextArea
        label="Description"
        value={form.description}
        error={faults.at.description}
        onChange={({ target }) => setForm({ ...form, description: target.value })}
      />
      <ToolChoice
        chosen={form.toolIds}
        had={agent?.tools ?? []}
        error={faults.at.toolIds}
        onChoose={(toolIds) => setForm({ ...form, toolIds })}
      />
    </FormDialog>
  );
}

function ToolChoice({
  chosen,
  had,
  error,
  onChoose,
}: {
  readonly chosen: readonly string[];
  /** The tools that the agent has, which may stand on no page that was read. */
  readonly had: Agent['tools'];
  readonly error: string | undefined;
  readonly onChoose: (toolIds: string[]) => void;
}) {
  const pages = usePages(ToolsDocument, { limit: 100 }, ({ tools }) => tools);
  const withHad = (tools: readonly { id: string; name: string }[]) => [
    ...had.filter(({ id }) => !tools.some((tool) => tool.id === id)),
    ...tools,
  ];
  return (
    <fieldset className="choices">
      <legend>Tools</legend>
      <Listing pages={pages} empty={<p className="soft">There are no tools yet.</p>}>
        {(tools) => (
          <div className="choice-list">
            {withHad(tools).map(({ id, name }) => (
              <Checkbox
                key={id}
                label={name}
                checked={chosen.includes(id)}
                onChange={({ target }) =>
                  onChoose(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
                }
              />
            ))}
          </div>
        )}
      </Listing>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
