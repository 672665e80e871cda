import type { InstanceAiAgentFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { AI_AGENT_NAMES, Button } from '../../ui/index.js';
import type { AiAgentDialogName } from './ai-agent-dialogs.js';
import { AiAgentBadge } from './badges.js';
import { providerName } from './connection-words.js';

const BUTTONS: readonly { readonly name: AiAgentDialogName; readonly word: string; readonly isDanger?: true }[] = [
  { name: 'configure', word: 'Configure' },
  { name: 'rotate', word: 'Rotate key' },
  { name: 'test', word: 'Test connection' },
  { name: 'limits', word: 'Limits' },
  { name: 'environment', word: 'Environment' },
  { name: 'keys', word: 'Keys' },
  { name: 'remove', word: 'Remove', isDanger: true },
];
/** What reads alone, and what an AI agent that was never configured can take. */
const FOR_VIEWERS: readonly AiAgentDialogName[] = ['limits', 'environment', 'keys'];
const UNCONFIGURED: readonly AiAgentDialogName[] = ['configure', 'limits'];

/** One of the five: how it stands, and what can be done with it. */
export function AiAgentCard({
  aiAgent,
  mayChange,
  onOpen,
}: {
  readonly aiAgent: InstanceAiAgentFieldsFragment;
  readonly mayChange: boolean;
  readonly onOpen: (name: AiAgentDialogName) => void;
}) {
  const name = AI_AGENT_NAMES[aiAgent.aiAgent];
  const wasConfigured =
    aiAgent.configurationRevision !== null && (aiAgent.configured || aiAgent.credentialVersion !== null);
  const buttons = BUTTONS.filter(
    (button) =>
      (mayChange || FOR_VIEWERS.includes(button.name)) && (wasConfigured || UNCONFIGURED.includes(button.name)),
  );
  return (
    <section className="panel ai-agent" aria-label={name}>
      <header className="row">
        <h3>{name}</h3>
        <AiAgentBadge aiAgent={aiAgent} />
      </header>
      <dl className="facts">
        <Fact word="Model" text={aiAgent.model ?? 'the CLI’s default'} />
        <Fact word="Provider" text={aiAgent.baseUrl ?? providerName(aiAgent.provider)} />
        <Fact word="Key" text={keyText(aiAgent)} />
        {aiAgent.pinnedCredentialVersion !== null && (
          <Fact
            word="Runs use"
            text={`key ${aiAgent.pinnedCredentialVersion}, configuration ${aiAgent.pinnedConfigurationRevision ?? '–'}`}
          />
        )}
      </dl>
      <div className="row">
        {buttons.map((button) => (
          <Button
            key={button.name}
            kind={button.isDanger ? 'danger' : button.name === 'configure' && !wasConfigured ? 'primary' : 'plain'}
            aria-label={`${button.word}: ${name}`}
            onClick={() => onOpen(button.name)}
          >
            {button.word}
          </Button>
        ))}
      </div>
    </section>
  );
}

function keyText({ credentialVersion, keyLastFour }: InstanceAiAgentFieldsFragment): string {
  if (credentialVersion === null) return 'none';
  return keyLastFour === null
    ? `version ${credentialVersion}`
    : `version ${credentialVersion}, ends with ${keyLastFour}`;
}

const Fact = ({ word, text }: { readonly word: string; readonly text: string }) => (
  <div>
    <dt>{word}</dt>
    <dd>{text}</dd>
  </div>
);
