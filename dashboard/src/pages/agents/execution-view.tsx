import type { ExecutionFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { AI_AGENT_NAMES, RelativeTime, safeText, Tokens } from '../../ui/index.js';

export type Execution = ExecutionFieldsFragment;

/** What an agent was asked and what it answered. All of it is text that strangers may have written. */
export function ExecutionView({ execution }: { readonly execution: Execution }) {
  const { model, aiAgent, usage, createdAt } = execution;
  return (
    <section className="stack">
      <p className="soft">
        {aiAgent === null ? 'The built-in mock answered' : `${AI_AGENT_NAMES[aiAgent]}'s key`} · {model} ·{' '}
        <RelativeTime at={createdAt} />
        {usage && (
          <>
            {' · '}
            <Tokens count={usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens} /> in,{' '}
            <Tokens count={usage.outputTokens + usage.reasoningTokens} /> out
          </>
        )}
      </p>
      {execution.warnings.map((warning) => (
        <p key={warning} className="warning">
          {safeText(warning)}
        </p>
      ))}
      <h3>Answer</h3>
      <pre className="text-block" tabIndex={0} role="region" aria-label="Answer">
        {safeText(execution.response)}
      </pre>
      <details>
        <summary>What the model was told</summary>
        <pre className="text-block" tabIndex={0} role="region" aria-label="What the model was told">
          {safeText(execution.systemPrompt)}
        </pre>
      </details>
      <details>
        <summary>Task</summary>
        <pre className="text-block" tabIndex={0} role="region" aria-label="Task">
          {safeText(execution.prompt)}
        </pre>
      </details>
    </section>
  );
}
