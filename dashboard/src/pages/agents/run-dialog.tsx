import { useId, useState } from 'react';
import { InstanceNamesDocument, RunAgentDocument } from '../../../../sdk/src/generated/graphql.js';
import type { AiAgent } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction, usePages } from '../../api/index.js';
import { AI_AGENT_NAMES, Button, Dialog, ErrorBox, Field, Select, TextArea } from '../../ui/index.js';
import type { Agent } from './agent-dialog.js';
import { ExecutionView } from './execution-view.js';
import type { Execution } from './execution-view.js';

const RUNNING = { limit: 100, filter: { state: 'RUNNING' } } as const;

/** Gives an agent a task, and shows its answer in the same place. */
export function RunDialog({
  agent,
  onClose,
  onRun,
}: {
  readonly agent: Agent;
  readonly onClose: () => void;
  /** After each answer. */
  readonly onRun: () => void;
}) {
  const [form, setForm] = useState({ task: '', model: 'gpt-4o', instanceId: '', aiAgent: '' as AiAgent | '' });
  const [execution, setExecution] = useState<Execution>();
  const instances = usePages(InstanceNamesDocument, RUNNING, (result) => result.instances);
  const { run, isBusy, problem } = useAction(RunAgentDocument);
  const [formId, modelsId] = [useId(), useId()];
  const faults = faultsOf(problem, ['task', 'model', 'instanceId', 'aiAgent']);
  const aiAgents = instances.items?.find(({ id }) => id === form.instanceId)?.aiAgents ?? [];
  const pinned = aiAgents.filter(({ pinnedConfigurationRevision }) => pinnedConfigurationRevision !== null);
  const ask = async () => {
    const { task, model, instanceId, aiAgent } = form;
    setExecution(undefined);
    const answer = await run({
      input: {
        agentId: agent.id,
        task,
        model: model.trim(),
        ...(instanceId && { instanceId, ...(aiAgent && { aiAgent }) }),
      },
    });
    if (!answer) return;
    setExecution(answer.runAgent);
    onRun();
  };
  return (
    <Dialog
      title={`Run ${agent.name}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button kind="primary" type="submit" form={formId} busy={isBusy}>
            Run
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <TextArea
          label="Task"
          value={form.task}
          error={faults.at.task}
          autoFocus
          onChange={({ target }) => setForm({ ...form, task: target.value })}
        />
        <Select
          label="Who answers"
          hint="An instance's AI agent lends its key; its limits and usage count."
          value={form.instanceId}
          error={faults.at.instanceId}
          onChange={({ target }) => setForm({ ...form, instanceId: target.value, aiAgent: '' })}
        >
          <option value="">The built-in mock: no model is asked</option>
          {instances.items?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        {form.instanceId !== '' && (
          <Select
            label="With the key of"
            value={form.aiAgent}
            error={faults.at.aiAgent}
            onChange={({ target }) => setForm({ ...form, aiAgent: target.value as AiAgent | '' })}
          >
            <option value="">The one of the model's provider</option>
            {pinned.map(({ aiAgent }) => (
              <option key={aiAgent} value={aiAgent}>
                {AI_AGENT_NAMES[aiAgent]}
              </option>
            ))}
          </Select>
        )}
        <Field
          label="Model"
          list={modelsId}
          value={form.model}
          error={faults.at.model}
          spellCheck={false}
          onChange={({ target }) => setForm({ ...form, model: target.value })}
        />
        <datalist id={modelsId}>
          {textsOf(problem?.details.validModels).map((model) => (
            <option key={model} value={model} />
          ))}
        </datalist>
        {faults.other && <ErrorBox problem={faults.other} />}
      </form>
      <div aria-live="polite">{execution && <ExecutionView execution={execution} />}</div>
    </Dialog>
  );
}

const textsOf = (list: unknown): readonly string[] =>
  Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
