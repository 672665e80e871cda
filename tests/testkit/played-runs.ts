import path from 'node:path';
import type { TestClient } from './client.js';
import type { RunOnChannel } from './model-calls.js';
import { awaitRun, createInstance, randomKey, startTriage } from './triage.js';

export interface PlayedInstance {
  readonly instanceId: string;
  readonly apiKey: string;
}

export interface PlayedRun extends PlayedInstance, RunOnChannel {}

export async function playedInstance(client: TestClient): Promise<PlayedInstance> {
  const apiKey = randomKey();
  return { apiKey, instanceId: await createInstance(client, { apiKey }) };
}

/** A run of the fake runtime that is under way for `hangSeconds`, so that a test can make its agent's model calls. */
export async function playedRun(
  client: TestClient,
  dataDir: string,
  options: { readonly on?: PlayedInstance; readonly fakeAgent?: object } = {},
): Promise<PlayedRun> {
  const on = options.on ?? (await playedInstance(client));
  const incident = JSON.stringify({ fakeAgent: { lines: 1, hangSeconds: 300, ...options.fakeAgent } });
  const { id } = await startTriage(client, { instanceId: on.instanceId, prompt: 'Why?', incident });
  await awaitRun(client, id, ['RUNNING']);
  return { ...on, runId: id, channelDir: path.join(dataDir, 'ch') };
}

/** Sets limits of an instance's Claude Code. */
export const setLimits = (
  client: TestClient,
  { instanceId }: { instanceId: string },
  limits: Record<string, unknown>,
) =>
  client.ok(`mutation ($input: SetAiAgentLimitsInput!) { setAiAgentLimits(input: $input) { aiAgent } }`, {
    input: { instanceId, ...limits },
  });
