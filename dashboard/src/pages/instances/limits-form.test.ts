import { describe, expect, it } from '@jest/globals';
import { formOfLimits, LIMIT_FIELDS, limitsFormErrors, limitsInputOf } from './limits-form.js';

const LIMITS = {
  ...{ requestsPerMinute: 60, tokensPerMinute: null, concurrentCalls: 4 },
  ...{ runBudget: { tokens: 200_000, costUsd: 1.25 }, dayBudget: { tokens: null, costUsd: null } },
};
const BEFORE = formOfLimits(LIMITS);
const inputOf = (form: Record<string, string>): unknown =>
  JSON.parse(JSON.stringify(limitsInputOf('i', 'GOOSE', { ...BEFORE, ...form }, BEFORE)));

describe('the form of limits', () => {
  it('shows what holds, and nothing where nothing does', () => {
    expect(BEFORE).toEqual({
      ...{ requestsPerMinute: '60', tokensPerMinute: '', concurrentCalls: '4' },
      ...{ 'runBudget.tokens': '200000', 'runBudget.costUsd': '1.25' },
      ...{ 'dayBudget.tokens': '', 'dayBudget.costUsd': '' },
    });
  });

  it('sends what was changed, and null for what was emptied', () => {
    expect(inputOf({ requestsPerMinute: '', 'dayBudget.tokens': '1,000,000', 'runBudget.costUsd': '1.250' })).toEqual({
      ...{ instanceId: 'i', aiAgent: 'GOOSE', requestsPerMinute: null },
      ...{ runBudget: {}, dayBudget: { tokens: 1_000_000 } },
    });
    expect(inputOf({})).toEqual({ instanceId: 'i', aiAgent: 'GOOSE', runBudget: {}, dayBudget: {} });
  });

  it('refuses what no limit can be, each at its field', () => {
    const wrong = Object.fromEntries(LIMIT_FIELDS.map(({ path }) => [path, '0']));
    expect(Object.keys(limitsFormErrors(wrong))).toEqual(LIMIT_FIELDS.map(({ path }) => path));
    expect(limitsFormErrors(BEFORE)).toEqual({});
  });

  it.each([
    ['requestsPerMinute', '1.5'],
    ['requestsPerMinute', '1000001'],
    ['concurrentCalls', 'many'],
    ['tokensPerMinute', '-1'],
    ['dayBudget.costUsd', '1000000.01'],
  ])('refuses %s of %s', (path, text) => {
    expect(limitsFormErrors({ ...BEFORE, [path]: text })).toHaveProperty([path]);
  });
});
