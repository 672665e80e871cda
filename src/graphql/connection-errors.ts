import { hasErrno } from '../kernel/errors.js';

const NETWORK = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** SQLSTATEs: class 08 (connection), 57P01 to 57P05 (shut down, crashed, starting up …), 53300 (too many connections). */
const SQLSTATE = /^(08\w{3}|57P0[1-5]|53300)$/;

/** What node-postgres and TypeORM say, without a code, when there is no connection to be had. */
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'Connection is not established with',
  'Driver not Connected',
];

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

const isItself = (error: Error): boolean =>
  hasErrno(error, ...NETWORK) ||
  (hasErrno(error, 'ENOENT') && 'syscall' in error && error.syscall === 'connect') ||
  SQLSTATE.test(codeOf(error)) ||
  MESSAGES.some((message) => error.message.startsWith(message));

const within = (error: Error): unknown[] => [
  error.cause,
  'driverError' in error ? error.driverError : undefined,
  ...(error instanceof AggregateError ? (error.errors as unknown[]) : []),
];

/** True when the database could not be reached, however deep the fact is wrapped. */
export function isConnectionError(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  return isItself(error) || within(error).some((inner) => isConnectionError(inner, depth + 1));
}
