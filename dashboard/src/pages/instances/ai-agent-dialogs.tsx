import type { InstanceAiAgentFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { ConfigureDialog } from './configure-dialog.js';
import { EnvironmentDialog } from './environment-dialog.js';
import { KeysDialog } from './keys-dialog.js';
import { LimitsDialog } from './limits-dialog.js';
import { RemoveDialog } from './remove-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import { TestDialog } from './test-dialog.js';

const DIALOGS = {
  configure: ConfigureDialog,
  rotate: RotateDialog,
  test: TestDialog,
  limits: LimitsDialog,
  environment: EnvironmentDialog,
  keys: KeysDialog,
  remove: RemoveDialog,
};

export type AiAgentDialogName = keyof typeof DIALOGS;

export interface OpenDialog {
  readonly name: AiAgentDialogName;
  readonly aiAgent: InstanceAiAgentFieldsFragment;
}

/** What every dialog about an AI agent is given. */
export interface AiAgentDialogProps {
  readonly instanceId: string;
  /** As it stood when the dialog was opened. */
  readonly aiAgent: InstanceAiAgentFieldsFragment;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

export function AiAgentDialogs({ open, ...rest }: { readonly open: OpenDialog } & Omit<AiAgentDialogProps, 'aiAgent'>) {
  const Dialog = DIALOGS[open.name];
  return <Dialog aiAgent={open.aiAgent} {...rest} />;
}
