import { useState } from 'react';
import { CreateToolDocument, UpdateToolDocument } from '../../../../sdk/src/generated/graphql.js';
import type { ToolFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction } from '../../api/index.js';
import { Field, FormDialog, TextArea, useAnnounce } from '../../ui/index.js';

/** A new tool, or the one that is given. */
export function ToolDialog({
  tool,
  onClose,
  onSaved,
}: {
  readonly tool?: ToolFieldsFragment;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const [name, setName] = useState(tool?.name ?? '');
  const [description, setDescription] = useState(tool?.description ?? '');
  const create = useAction(CreateToolDocument);
  const update = useAction(UpdateToolDocument);
  const announce = useAnnounce();
  const { isBusy, problem } = tool ? update : create;
  const faults = faultsOf(problem, ['name', 'description']);
  const save = async () => {
    const input = { name, description };
    if (!(await (tool ? update.run({ id: tool.id, input }) : create.run({ input })))) return;
    announce(tool ? `${name} was changed.` : `${name} was created.`);
    onSaved();
  };
  return (
    <FormDialog
      title={tool ? 'Edit tool' : 'New tool'}
      verb={tool ? 'Save' : 'Create'}
      busy={isBusy}
      problem={faults.other}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="One line, unique among your tools."
        value={name}
        error={faults.at.name}
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      <TextArea
        label="Description"
        hint="What it does; agents that have it are told."
        value={description}
        error={faults.at.description}
        onChange={(event) => setDescription(event.target.value)}
      />
    </FormDialog>
  );
}
