import { TypeORMError } from 'typeorm';
import { hasErrno } from './errors.js';

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

/**
 * SQLSTATEs: class 08 (connection), 57P01 to 57P05 (shut down, crashed, starting up …), 53300 (too many connections), 57014
 * (the statement took too long), 40P01 (given up in favour of another, so that both do not wait for ever).
 */
const UNAVAILABLE = /^(08\w{3}|57P0[1-5]|57014|53300|40P01)$/;

/** What node-postgres and TypeORM say, without a code, when there is no connection to be had or nothing comes over it. */
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'Connection is not established with',
  'Driver not Connected',
];

const MAX_DEPTH = 4;

const marked = new WeakSet<object>();

/** Marks an error of the database's driver, which does not show where it comes from: any socket may be refused. */
export function ofDatabase<E>(error: E): E {
  if (typeof error === 'object' && error !== null) marked.add(error);
  return error;
}

/** TypeORM's own are about the database alone, and hold the driver's for a statement that failed. */
const isOfDatabase = (error: Error): boolean => marked.has(error) || error instanceof TypeORMError;

/** The error and what it wraps, however TypeORM, node-postgres and Node wrap it. Errors of Node itself are no `Error` of Jest's. */
function within(error: unknown, depth = 0): Error[] {
  if (!Error.isError(error) || depth > MAX_DEPTH) return [];
  const wrapped: unknown[] = [error.cause, 'driverError' in error ? error.driverError : undefined];
  if ('errors' in error && Array.isArray(error.errors)) wrapped.push(...(error.errors as unknown[]));
  return [error, ...wrapped.flatMap((inner) => within(inner, depth + 1))];
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

const saysSo = (error: Error): boolean =>
  hasErrno(error, ...NETWORK) ||
  (hasErrno(error, 'ENOENT') && 'syscall' in error && error.syscall === 'connect') ||
  UNAVAILABLE.test(codeOf(error)) ||
  MESSAGES.some((message) => error.message.startsWith(message));

/**
 * True when the database did not answer, as opposed to having refused the statement: the same call may work later. False for
 * anybody else's refused connection.
 */
export const isDatabaseUnavailable = (error: unknown): boolean =>
  within(error).some((each) => isOfDatabase(each) && within(each).some(saysSo));

const isViolation = (error: unknown, sqlState: string, constraint?: string): boolean =>
  within(error).some(
    (cause) =>
      hasErrno(cause, sqlState) &&
      (constraint === undefined || ('constraint' in cause && cause.constraint === constraint)),
  );

const DEADLOCKS_IN_A_ROW = 3;

/** Repeats a write that Postgres gave up in favour of another, so that both do not wait for ever: it left nothing. */
export async function retryingDeadlocks<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      const isDeadlock = within(error).some((cause) => codeOf(cause) === '40P01');
      if (!isDeadlock || tries === DEADLOCKS_IN_A_ROW) throw error;
    }
  }
}

/** True for a violated unique constraint, of the given name when there is one. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, '23505', constraint);

/** True for a violated foreign key, of the given name when there is one. */
export const isForeignKeyViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, '23503', constraint);

/** True for a statement that the database's role may not run. */
export const isPrivilegeMissing = (error: unknown): boolean => isViolation(error, '42501');
