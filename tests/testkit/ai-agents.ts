import type { AiAgentSettings } from '../../src/features/ai-agents/index.js';

/** A configuration of a model, with everything else at its default unless told otherwise. */
export const settingsWith = (model: string | null, more: Partial<AiAgentSettings> = {}): AiAgentSettings => ({
  model,
  provider: null,
  allowedTools: null,
  settings: {},
  ...more,
});
