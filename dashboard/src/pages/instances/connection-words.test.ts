import { describe, expect, it } from '@jest/globals';
import { findingsOf } from './connection-words.js';
import type { TestResult } from './connection-words.js';

const GOOD: TestResult = {
  ...{ ok: true, upstream: 'HTTP', failure: null },
  provider: { ok: true, latencyMs: 120, model: 'gpt-5.5', failure: null },
};
const REFUSED = { class: 'UNAUTHORIZED' as const, message: 'The key is not taken.', providerMessage: '<b>no</b>' };

describe('findingsOf', () => {
  it('says who answered, how soon and as what', () => {
    expect(findingsOf(GOOD, { provider: 'OPENAI', testsFiles: false })).toEqual([
      { isGood: true, text: 'OpenAI answered after 120 ms as gpt-5.5.' },
    ]);
    expect(findingsOf({ ...GOOD, upstream: 'MOCK' }, { provider: 'OPENAI', testsFiles: false })[0]!.text).toMatch(
      /^The built-in mock answered/,
    );
  });

  it("keeps the provider's words apart from ours", () => {
    const test = { ...GOOD, ok: false, failure: REFUSED, provider: { ...GOOD.provider, ok: false, failure: REFUSED } };
    expect(findingsOf(test, { provider: 'ANTHROPIC', testsFiles: false })).toEqual([
      { isGood: false, text: 'The key is not taken.', quote: '<b>no</b>' },
    ]);
  });

  it('tells files and provider apart where both are tested', () => {
    const missing = { class: 'BAD_CONFIG' as const, message: 'config.yaml does not exist.', providerMessage: null };
    const test = { ...GOOD, ok: false, failure: missing };
    expect(findingsOf(test, { provider: 'GOOGLE', testsFiles: true }).map(({ isGood }) => isGood)).toEqual([
      false,
      true,
    ]);
    const other = { ...GOOD, provider: { ...GOOD.provider, ok: false, failure: REFUSED } };
    expect(findingsOf(other, { provider: 'GOOGLE', testsFiles: true }).map(({ isGood }) => isGood)).toEqual([
      true,
      false,
    ]);
  });
});
