import { describe, expect, it } from '@jest/globals';
import type { ProviderFeature } from '../../../kernel/provider-features.js';
import { inspected } from './inspected.js';
import { Place } from './place.js';
import { kindOf, kindWith, objectOf, plain } from './rules.js';

const everything: ReadonlySet<ProviderFeature> = new Set<ProviderFeature>(['UNLISTED']);
const MIB = 1024 * 1024;
/** One character that compatibility folding makes eighteen of. */
const EXPANDING = '\ufdfa';

describe('unknown names and types', () => {
  const fields = objectOf({ known: plain });
  const kinds = kindOf([kindWith(/^known$/, {})]);
  const look = (value: object): void => {
    fields(value, Place.root, everything);
    if ('type' in value) kinds(value, Place.root, everything);
  };

  it.each([
    ['long', 'a'.repeat(129)],
    ['of 32 MiB', 'a'.repeat(32 * MIB)],
    ['of 32 MiB with separators', '_'.repeat(32 * MIB)],
    ['of 32 MiB that would expand', EXPANDING.repeat((32 * MIB) / 3)],
    ['of a character that no provider uses', EXPANDING],
    ['of wide letters', '\uff4bnown'],
    ['with a zero', 'known\0'],
  ])('are refused at once, with UNLISTED too: %s', (_what, text) => {
    const started = performance.now();
    expect(() => fields({ [text]: 1 }, Place.root, everything)).toThrow(
      'it takes a name of at most 128 ASCII characters',
    );
    expect(() => kinds({ type: text }, Place.root, everything)).toThrow(
      'it takes a name of at most 128 ASCII characters',
    );
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('of any number take a bounded time', () => {
    const names = Array.from({ length: 99_000 }, (_, index) => [String(index).padEnd(128, 'a_'), 1] as const);
    const started = performance.now();
    look(Object.fromEntries(names));
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('pass with UNLISTED, but in no other spelling of a known one', () => {
    expect(() => look({ 'new-field': 1 })).not.toThrow();
    expect(() => look({ KN_OWN: 1 })).toThrow('it takes another spelling there');
    expect(() => kinds({ type: ' Known' }, Place.root, everything)).toThrow('it takes another spelling there');
  });
});

describe('a fault of the inspection itself', () => {
  it('refuses the body, and keeps what went wrong for the log', () => {
    const fault = new RangeError('Maximum call stack size exceeded');
    const inspect = inspected(() => {
      throw fault;
    });
    const refused = inspect(Buffer.from('{}'), everything);
    const message = 'This gateway could not look into the body of this request.';
    expect(refused).toEqual({ kind: 'notAllowed', message, cause: fault });
  });
});
