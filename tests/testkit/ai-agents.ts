import type { AiAgentSettings } from '../../src/features/ai-agents/index.js';
import type { ModelRequest } from '../../src/ports/model-upstream.js';
import type { TestClient } from './client.js';

/** A configuration of a model, with everything else at its default unless told otherwise. */
export const settingsWith = (model: string | null, more: Partial<AiAgentSettings> = {}): AiAgentSettings => ({
  model,
  provider: null,
  allowedTools: null,
  settings: {},
  ...more,
});

export const configureAiAgent = (client: TestClient, input: Readonly<Record<string, unknown>>) =>
  client.ok(`mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { aiAgent } }`, { input });

/** Whose key a call bears, in its provider's way. */
export const keyOfCall = ({ headers }: ModelRequest): string | undefined =>
  headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');

/** The model that a call asks for: in its body, or for Google in its path. */
export function modelOfCall({ path, body }: ModelRequest): string | undefined {
  const inPath = /\/models\/([^/:]+):/.exec(path)?.[1];
  return inPath ?? (body.length > 0 ? (JSON.parse(body.toString()) as { model?: string }).model : undefined);
}
