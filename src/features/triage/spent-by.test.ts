import { expect, it } from '@jest/globals';
import { spentBy, TriageRunEntity } from './triage-run.entity.js';

it('a run has spent what its providers reported, and what its cut calls are taken to have spent', () => {
  const tokens = { inputTokens: 1, outputTokens: 10, cacheReadTokens: 100, cacheWriteTokens: 1000, reasoningTokens: 2 };
  const others = { unreportedTokens: 50_000, unpricedTokens: 100_000, costNanoUsd: '12' };
  const run = Object.assign(new TriageRunEntity(), tokens, others);
  expect(spentBy(run)).toEqual({ tokens: 51_113, nanoUsd: 12, unpricedTokens: 150_000 });
});
