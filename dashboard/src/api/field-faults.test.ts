import { describe, expect, it } from '@jest/globals';
import { faultsOf } from './field-faults.js';

const problem = (path?: string) => ({
  ...{ code: 'BAD_USER_INPUT', message: 'No.', retryAfterSeconds: undefined, at: 0 },
  details: path === undefined ? {} : { path },
});

describe('faultsOf', () => {
  it.each([
    ['input.name', 'name'],
    ['input.egress.3', 'egress'],
    ['input.runBudget.tokens', 'runBudget.tokens'],
    ['name', 'name'],
  ])('shows a fault of %s at %s', (path, field) => {
    expect(faultsOf(problem(path), ['name', 'egress', 'runBudget.tokens'])).toEqual({
      at: { [field]: 'No.' },
      other: undefined,
    });
  });

  it('keeps what is of no field', () => {
    expect(faultsOf(problem('input.other'), ['name'])).toEqual({ at: {}, other: problem('input.other') });
    expect(faultsOf(problem(), ['name'])).toEqual({ at: {}, other: problem() });
    expect(faultsOf(undefined, ['name'])).toEqual({ at: {}, other: undefined });
  });
});
