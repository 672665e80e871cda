import { Checkbox, Field, TextArea } from '../../ui/index.js';
import type { TriageForm, TriageFormErrors } from './triage-form.js';

const NAMES = ['systemPrompt', 'allowedTools', 'timeoutSeconds', 'memory'] as const;

/** What most triages leave as it is; open where something is given, or wrong. */
export function AdvancedFields({
  form,
  errors,
  onChange,
}: {
  readonly form: TriageForm;
  readonly errors: TriageFormErrors;
  readonly onChange: (change: Partial<TriageForm>) => void;
}) {
  const isFaulty = NAMES.some((name) => errors[name] !== undefined);
  return (
    <details className="advanced" open={isFaulty || undefined}>
      <summary>More settings</summary>
      <div className="stack">
        <Field
          label="Timeout, in seconds"
          hint="From the agent's start; left empty: the server's."
          inputMode="numeric"
          value={form.timeoutSeconds}
          error={errors.timeoutSeconds}
          onChange={({ target }) => onChange({ timeoutSeconds: target.value })}
        />
        <Field
          label="Memory"
          hint="64m to 64g; left empty: the server's."
          value={form.memory}
          error={errors.memory}
          onChange={({ target }) => onChange({ memory: target.value })}
        />
        {form.aiAgent === 'CLAUDE_CODE' && (
          <TextArea
            label="Allowed tools"
            hint="One a line, such as Read or Bash(kubectl get:*); left empty: the instance's."
            className="mono"
            spellCheck={false}
            value={form.allowedTools}
            error={errors.allowedTools}
            onChange={({ target }) => onChange({ allowedTools: target.value })}
          />
        )}
        <TextArea
          label="System prompt"
          hint="Takes the place of the generic one. The form of the report is asked for all the same."
          value={form.systemPrompt}
          error={errors.systemPrompt}
          onChange={({ target }) => onChange({ systemPrompt: target.value })}
        />
        <Checkbox
          label="Keep the agent's session"
          hint="Among the artifacts, to look into what it did."
          checked={form.debug}
          onChange={({ target }) => onChange({ debug: target.checked })}
        />
      </div>
    </details>
  );
}
