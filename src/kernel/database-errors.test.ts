import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { isDatabaseUnavailable, isUniqueViolation, ofDatabase, retryingDeadlocks } from './database-errors.js';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error('x'), { code, ...more });
const failed = (cause: Error): Error => new QueryFailedError('SELECT 1', [], cause);

describe('isDatabaseUnavailable', () => {
  it.each([
    ['a refused connection', coded('ECONNREFUSED', { syscall: 'connect' })],
    ['both addresses of localhost refused', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
    ['a missing unix socket', coded('ENOENT', { syscall: 'connect' })],
    ['a shutdown', failed(coded('57P01'))],
    ['a database that starts up', coded('57P03')],
    ['a broken connection', coded('08006')],
    ['too many clients', coded('53300')],
    ['a cut connection', failed(new Error('Connection terminated unexpectedly'))],
    ['a reset in a query', failed(coded('ECONNRESET'))],
    ['no connection within the time', new Error('timeout exceeded when trying to connect')],
    ['no answer within the time', failed(new Error('Query read timeout'))],
    ['a cause', new Error('failed', { cause: new Error('failed', { cause: coded('ECONNREFUSED') }) })],
  ])('is true for %s', (_, error) => {
    expect(isDatabaseUnavailable(ofDatabase(error))).toBe(true);
    expect(isDatabaseUnavailable(new Error('failed', { cause: ofDatabase(error) }))).toBe(true);
  });

  it('is false for what another than the database says the same of', () => {
    const refused = () => coded('ECONNREFUSED', { syscall: 'connect' });
    expect(isDatabaseUnavailable(refused())).toBe(false);
    expect(isDatabaseUnavailable(new AggregateError([refused(), refused()]))).toBe(false);
    expect(isDatabaseUnavailable(new Error('failed', { cause: refused() }))).toBe(false);
    expect(isDatabaseUnavailable(new Error('timeout expired'))).toBe(false);
  });

  it('is true for a statement that failed so, marked or not', () => {
    expect(isDatabaseUnavailable(failed(coded('ECONNRESET')))).toBe(true);
  });

  it.each([
    ['a broken rule', failed(coded('23514'))],
    ['a syntax error', coded('42601')],
    ['a missing file', coded('ENOENT', { syscall: 'open' })],
    ['any other error', new TypeError('x is not a function')],
    ['what is no error', 'ECONNREFUSED'],
  ])('is false for %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
    expect(isDatabaseUnavailable(ofDatabase(error))).toBe(false);
  });
});

describe('isUniqueViolation', () => {
  it('tells constraints apart', () => {
    const error = failed(coded('23505', { constraint: 'a' }));
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'a')).toBe(true);
    expect(isUniqueViolation(error, 'b')).toBe(false);
    expect(isUniqueViolation(failed(coded('23503')))).toBe(false);
  });
});

describe('retryingDeadlocks', () => {
  const failing = (errors: Error[]) => async (): Promise<string> => {
    const error = errors.shift();
    if (error) throw error;
    return 'written';
  };

  it('repeats what was given up in favour of another, three times in all', async () => {
    const deadlocks = (count: number) => Array.from({ length: count }, () => failed(coded('40P01')));
    await expect(retryingDeadlocks(failing(deadlocks(2)))).resolves.toBe('written');
    await expect(retryingDeadlocks(failing(deadlocks(3)))).rejects.toThrow(QueryFailedError);
  });

  it('repeats nothing else', async () => {
    await expect(retryingDeadlocks(failing([failed(coded('23505'))]))).rejects.toThrow(QueryFailedError);
  });
});
