import { useState } from 'react';
import { TestAiAgentConnectionDocument } from '../../../../sdk/src/generated/graphql.js';
import { useAction } from '../../api/index.js';
import { AI_AGENT_NAMES, Badge, Button, Dialog, ErrorBox, safeText, Spinner } from '../../ui/index.js';
import type { AiAgentDialogProps } from './ai-agent-dialogs.js';
import { takesAnyProvider } from './configuration-form.js';
import { findingsOf } from './connection-words.js';
import type { TestResult } from './connection-words.js';

/** Asks the provider once, and says in words what came of it. */
export function TestDialog({ instanceId, aiAgent: { aiAgent, provider }, onClose }: AiAgentDialogProps) {
  const [result, setResult] = useState<TestResult>();
  const { run, isBusy, problem } = useAction(TestAiAgentConnectionDocument);
  const test = async () => {
    setResult(undefined);
    const answer = await run({ input: { instanceId, aiAgent } });
    if (answer) setResult(answer.testAiAgentConnection);
  };
  const findings = result && findingsOf(result, { provider, testsFiles: takesAnyProvider(aiAgent) });
  return (
    <Dialog
      title={`Test the connection of ${AI_AGENT_NAMES[aiAgent]}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button kind="primary" busy={isBusy} onClick={() => void test()}>
            {result ? 'Test again' : 'Test'}
          </Button>
        </>
      }
    >
      <p>
        The smallest call of the provider is made with the active key and the configured model. It takes ten seconds at
        most, and counts in no usage.
      </p>
      {isBusy && <Spinner label="Waiting for the provider …" />}
      {problem && <ErrorBox problem={problem} />}
      <div role="status" className="stack">
        {findings?.map(({ isGood, text, quote }) => (
          <div key={text} className="finding">
            <Badge tone={isGood ? 'good' : 'bad'}>{isGood ? 'Works' : 'Does not work'}</Badge>
            <p>{safeText(text)}</p>
            {quote !== undefined && (
              <p className="soft">
                The provider said: <q>{safeText(quote)}</q>
              </p>
            )}
          </div>
        ))}
        {result?.upstream === 'MOCK' && (
          <p className="soft">No provider was asked: this server answers model calls with its built-in mock.</p>
        )}
      </div>
    </Dialog>
  );
}
