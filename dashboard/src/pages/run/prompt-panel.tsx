import { TriageRunPromptDocument } from '../../../../sdk/src/generated/graphql.js';
import { useRead } from '../../api/index.js';
import { CopyButton, ErrorBox, isUnderWay, safeText, Spinner } from '../../ui/index.js';
import type { Run } from './use-run.js';

function Text({ title, text, note }: { readonly title: string; readonly text: string; readonly note?: string }) {
  return (
    <section className="panel prompt-part">
      <header className="row">
        <h2>{title}</h2>
        <CopyButton text={text} what={title} />
        {note !== undefined && <span className="soft">{note}</span>}
      </header>
      <pre tabIndex={0} aria-label={title}>
        {safeText(text)}
      </pre>
    </section>
  );
}

function Prompt({ runId }: { readonly runId: string }) {
  const { data, problem, reload } = useRead(TriageRunPromptDocument, { id: runId });
  if (!data) return problem ? <ErrorBox problem={problem} onRetry={reload} /> : <Spinner />;
  const { prompt, systemPrompt, incident, promptSent } = data.triageRun;
  return (
    <div className="stack">
      {promptSent ? (
        <Text title="The prompt as it was sent" text={promptSent} note="Its first 256 KiB; all of it is an artifact." />
      ) : (
        <p className="soft">The whole prompt, as the agent was sent it, is here once the run has ended.</p>
      )}
      <Text title="What was asked" text={prompt} />
      {systemPrompt && <Text title="System prompt" text={systemPrompt} />}
      <Text title="Incident" text={incident} />
    </div>
  );
}

/** What was asked, and the exact words that the agent was sent: they are read anew at the end of the run. */
export const PromptPanel = ({ run }: { readonly run: Run }) => (
  <Prompt key={isUnderWay(run.state) ? 'under way' : 'ended'} runId={run.id} />
);
