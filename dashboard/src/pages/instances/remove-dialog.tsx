import { RemoveAiAgentDocument } from '../../../../sdk/src/generated/graphql.js';
import { useAction } from '../../api/index.js';
import { AI_AGENT_NAMES, Confirm, useAnnounce } from '../../ui/index.js';
import type { AiAgentDialogProps } from './ai-agent-dialogs.js';

/** Takes an AI agent off its instance. */
export function RemoveDialog({ instanceId, aiAgent: { aiAgent }, onClose, onChanged }: AiAgentDialogProps) {
  const { run, isBusy, problem } = useAction(RemoveAiAgentDocument);
  const announce = useAnnounce();
  const name = AI_AGENT_NAMES[aiAgent];
  const remove = async () => {
    if (!(await run({ instanceId, aiAgent }))) return;
    announce(`${name} was removed.`);
    onChanged();
    onClose();
  };
  return (
    <Confirm
      title={`Remove ${name}?`}
      verb="Remove"
      busy={isBusy}
      problem={problem}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>
        Its configuration goes, and its key serves nothing but what was started with it. A running instance goes on with
        it until it is restarted.
      </p>
    </Confirm>
  );
}
