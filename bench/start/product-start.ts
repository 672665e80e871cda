import type Docker from 'dockerode';
import type { Triaged } from '../../sdk/src/index.js';
import { StartTriageDocument } from '../../sdk/src/generated/graphql.js';
import { containerGone } from '../harness/container-gone.js';
import { expectSuccess } from '../harness/expect-success.js';

export interface ProductStart {
  /** From sending startTriage, and from its answer, to the first byte on the subscription. */
  readonly fromSentMs: number;
  readonly fromAcceptedMs: number;
}

/** One triage; resolves when it has ended and its container is gone, so that the next round meets an idle machine. Throws unless it SUCCEEDED. */
export async function productStart(api: Triaged, docker: Docker, instanceId: string): Promise<ProductStart> {
  const input = {
    instanceId,
    aiAgent: 'CLAUDE_CODE',
    prompt: 'Nothing to do.',
    incident: '{"title":"bench"}',
  } as const;
  const sent = performance.now();
  const { id } = (await api.request(StartTriageDocument, { input })).startTriage;
  const accepted = performance.now();
  let first = Number.NaN;
  for await (const { bytes } of api.triageOutput(id, { maxFailures: 0, signal: AbortSignal.timeout(60_000) })) {
    if (Number.isNaN(first) && bytes.length > 0) first = performance.now();
  }
  await expectSuccess(api, id);
  await containerGone(docker, id);
  return { fromSentMs: first - sent, fromAcceptedMs: first - accepted };
}
