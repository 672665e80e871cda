import { describe, expect, it } from '@jest/globals';
import { isConnectionError } from './connection-errors.js';

const withCode = (message: string, code: string, more = {}) => Object.assign(new Error(message), { code, ...more });
const refused = withCode('connect ECONNREFUSED', 'ECONNREFUSED');

describe('isConnectionError', () => {
  it.each([
    ['a refused connection', refused],
    ['both addresses of localhost refused', new AggregateError([refused, refused])],
    ['a missing unix socket', withCode('connect ENOENT', 'ENOENT', { syscall: 'connect' })],
    ['an administrator who shut it down', withCode('terminating connection', '57P01')],
    ['a database that starts up', withCode('the database system is starting up', '57P03')],
    ['a broken connection', withCode('broken', '08006')],
    ['too many clients', withCode('sorry, too many clients already', '53300')],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
    ['a wrapped driver error', Object.assign(new Error('query failed'), { driverError: refused })],
    ['a cause', new Error('failed', { cause: new Error('failed', { cause: refused }) })],
  ])('knows %s', (_name, error) => {
    expect(isConnectionError(error)).toBe(true);
  });

  it.each([
    ['a duplicate', withCode('duplicate key value', '23505')],
    ['a syntax error', withCode('syntax error at or near', '42601')],
    ['a missing file', withCode('open ENOENT', 'ENOENT', { syscall: 'open' })],
    ['a bug', new TypeError('x is not a function')],
    ['what is no error', 'ECONNREFUSED'],
  ])('leaves %s alone', (_name, error) => {
    expect(isConnectionError(error)).toBe(false);
  });
});
