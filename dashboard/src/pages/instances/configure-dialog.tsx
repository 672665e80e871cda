import { useState } from 'react';
import { ConfigureAiAgentDocument } from '../../../../sdk/src/generated/graphql.js';
import type { ModelProvider } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction } from '../../api/index.js';
import { AI_AGENT_NAMES, Field, FormDialog, Select, TextArea, useAnnounce } from '../../ui/index.js';
import type { AiAgentDialogProps } from './ai-agent-dialogs.js';
import {
  configurationFormErrors,
  configurationInputOf,
  formOfConfiguration,
  takesAllowedTools,
  takesAnyProvider,
} from './configuration-form.js';
import type { ConfigurationForm } from './configuration-form.js';
import { providerName } from './connection-words.js';
import { KeyField } from './key-field.js';

const FIELDS = ['apiKey', 'model', 'provider', 'baseUrl', 'allowedTools', 'settings'] as const;
const PROVIDERS = ['ANTHROPIC', 'OPENAI', 'GOOGLE'] as const satisfies readonly ModelProvider[];

/** Saves a revision of an AI agent's configuration; only what was changed is sent. */
export function ConfigureDialog({ instanceId, aiAgent: present, onClose, onChanged }: AiAgentDialogProps) {
  const { aiAgent } = present;
  const [form, setForm] = useState(() => formOfConfiguration(present));
  const [wasTried, setTried] = useState(false);
  const { run, isBusy, problem } = useAction(ConfigureAiAgentDocument);
  const announce = useAnnounce();
  const server = faultsOf(problem, FIELDS);
  const errors = { ...server.at, ...(wasTried ? configurationFormErrors(form, present) : {}) };
  const change = (changed: Partial<ConfigurationForm>) => setForm((before) => ({ ...before, ...changed }));
  const save = async () => {
    setTried(true);
    if (Object.keys(configurationFormErrors(form, present)).length > 0) return;
    const saved = await run({ input: configurationInputOf(instanceId, form, present) });
    if (!saved) return;
    announce(`${AI_AGENT_NAMES[aiAgent]} was configured.`);
    onChanged();
    onClose();
  };
  return (
    <FormDialog
      title={`Configure ${AI_AGENT_NAMES[aiAgent]}`}
      verb="Save"
      busy={isBusy}
      problem={server.other}
      onSubmit={() => void save()}
      onClose={() => {
        change({ apiKey: '' });
        onClose();
      }}
    >
      <KeyField
        value={form.apiKey}
        error={errors.apiKey}
        hint={
          present.configured ? 'Left empty, the present key stays.' : 'Sealed when it is stored, and never shown again.'
        }
        autoFocus
        onChange={(apiKey) => change({ apiKey })}
      />
      <Field
        label="Model"
        hint="Left empty: the CLI's default."
        value={form.model}
        error={errors.model}
        spellCheck={false}
        onChange={({ target }) => change({ model: target.value })}
      />
      {takesAnyProvider(aiAgent) && (
        <Select
          label="Provider"
          hint="Another provider takes its own key."
          value={form.provider}
          error={errors.provider}
          onChange={({ target }) => change({ provider: target.value as ModelProvider, model: '', baseUrl: '' })}
        >
          {PROVIDERS.map((provider) => (
            <option key={provider} value={provider}>
              {providerName(provider)}
            </option>
          ))}
        </Select>
      )}
      <Field
        label="Base URL"
        hint="Where the provider's API is, without paths such as /v1. Left empty: the operator's choice. Another one takes its key."
        value={form.baseUrl}
        error={errors.baseUrl}
        inputMode="url"
        spellCheck={false}
        onChange={({ target }) => change({ baseUrl: target.value })}
      />
      {takesAllowedTools(aiAgent) && (
        <TextArea
          label="Allowed tools"
          hint="Of runs that name none. One a line, such as Read or Bash(kubectl get:*); left empty: the CLI's default."
          className="mono"
          spellCheck={false}
          value={form.allowedTools}
          error={errors.allowedTools}
          onChange={({ target }) => change({ allowedTools: target.value })}
        />
      )}
      <TextArea
        label="Settings"
        hint="The CLI's own, in its own names: a JSON object. They take the place of those before."
        className="mono"
        spellCheck={false}
        rows={6}
        value={form.settings}
        error={errors.settings}
        onChange={({ target }) => change({ settings: target.value })}
      />
    </FormDialog>
  );
}
