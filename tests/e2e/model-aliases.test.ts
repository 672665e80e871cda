// needs: docker
import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { apiModel, MODEL_ALIASES, probeOf } from '../../src/features/connection-tests/index.js';
import { AI_AGENTS } from '../../src/kernel/ai-agents.js';
import type { AiAgent } from '../../src/kernel/ai-agents.js';
import { docker } from '../testkit/docker.js';

const IMAGE = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
const SCRIPT = path.resolve(import.meta.dirname, '../testkit/asked-models.mjs');

/** What the real CLI asks for when it is told to take these models, by model. */
async function askedBy(
  aiAgent: AiAgent,
  models: readonly string[],
): Promise<Record<string, { path: string; model: string }>> {
  const printed = await docker(
    ...['run', '--rm', '--network', 'none', '--tmpfs', '/tmp', '-v', `${SCRIPT}:/asked-models.mjs:ro`],
    ...['--entrypoint', 'node', IMAGE, '/asked-models.mjs', AI_AGENTS[aiAgent].cli, ...models],
  );
  return JSON.parse(printed) as Record<string, { path: string; model: string }>;
}

describe('the models that a connection test asks for', () => {
  it.each(['CLAUDE_CODE', 'GEMINI_CLI'] as const)(
    'are those that the real CLI asks for: %s',
    async (aiAgent) => {
      const aliases = MODEL_ALIASES[aiAgent];
      const asked = await askedBy(aiAgent, Object.keys(aliases));
      expect(Object.fromEntries(Object.entries(asked).map(([alias, { model }]) => [alias, model]))).toEqual(aliases);
    },
    120_000,
  );

  it('are those that the real CLI asks for, in the same protocol: GOOSE', async () => {
    const models = ['gpt-4.1', 'gpt-5o', 'gpt-5.5', 'openai/gpt-6-medium', 'o3-mini'];
    const sameInTest = models.map((configured) => {
      const model = apiModel('GOOSE', 'openai', configured);
      return [configured, { path: probeOf('GOOSE', 'openai', configured).path(model), model }];
    });
    expect(await askedBy('GOOSE', models)).toEqual(Object.fromEntries(sameInTest));
  }, 120_000);
});
