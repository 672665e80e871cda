import { useState } from 'react';
import { RotateAiAgentKeyDocument } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction } from '../../api/index.js';
import { AI_AGENT_NAMES, FormDialog, useAnnounce } from '../../ui/index.js';
import type { AiAgentDialogProps } from './ai-agent-dialogs.js';
import { keyFault } from './key-form.js';
import { KeyField } from './key-field.js';

/** Takes the next version of a key. What was typed is gone once it was sent, whether it was taken or not. */
export function RotateDialog({
  instanceId,
  aiAgent: { aiAgent, credentialVersion },
  onClose,
  onChanged,
}: AiAgentDialogProps) {
  const [apiKey, setApiKey] = useState('');
  const [fault, setFault] = useState<string>();
  const { run, isBusy, problem } = useAction(RotateAiAgentKeyDocument);
  const announce = useAnnounce();
  const server = faultsOf(problem, ['apiKey']);
  const rotate = async () => {
    const found = keyFault(apiKey);
    setFault(found);
    if (found !== undefined) return;
    setApiKey('');
    const rotated = await run({ input: { instanceId, aiAgent, apiKey } });
    if (!rotated) return;
    announce(`${AI_AGENT_NAMES[aiAgent]} has key ${rotated.rotateAiAgentKey.credentialVersion ?? ''} now.`);
    onChanged();
    onClose();
  };
  return (
    <FormDialog
      title={`Rotate the key of ${AI_AGENT_NAMES[aiAgent]}`}
      verb="Rotate"
      busy={isBusy}
      problem={server.other}
      onSubmit={() => void rotate()}
      onClose={onClose}
    >
      <p>
        The new key takes the place of version {credentialVersion}. A running instance goes on with the key that it was
        started with until it is restarted; then the old one is destroyed.
      </p>
      <KeyField
        value={apiKey}
        error={fault ?? server.at.apiKey}
        autoFocus
        onChange={(key) => {
          setFault(undefined);
          setApiKey(key);
        }}
      />
    </FormDialog>
  );
}
