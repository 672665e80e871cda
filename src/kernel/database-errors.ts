import { hasErrno } from './errors.js';

/** SQLSTATEs of a server that is shutting down, starting up or out of connections, and class 08. */
const UNAVAILABLE = ['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006'];
const NETWORK = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH', 'ENOTFOUND'];
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end|Driver not Connected|Connection is not established)/;

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let next = error; next instanceof Error && !found.includes(next);) {
    found.push(next);
    next = 'driverError' in next ? next.driverError : next.cause;
  }
  return found;
}

const isQueryError = (error: unknown): boolean => error instanceof Error && 'driverError' in error;

/** True when the database did not answer, as opposed to having refused the statement: the same call may work later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return causes(error).some(
    (cause) =>
      hasErrno(cause, ...UNAVAILABLE) ||
      (cause instanceof Error && MESSAGES.test(cause.message)) ||
      (hasErrno(cause, ...NETWORK) &&
        (isQueryError(error) ||
          (cause instanceof Error &&
            'syscall' in cause &&
            ['connect', 'read', 'write', 'getaddrinfo'].includes(String(cause.syscall))))),
  );
}

const isViolation = (error: unknown, sqlState: string, constraint?: string): boolean =>
  causes(error).some(
    (cause) =>
      hasErrno(cause, sqlState) &&
      (constraint === undefined ||
        (cause instanceof Error && 'constraint' in cause && cause.constraint === constraint)),
  );

/** True for a violated unique constraint, of the given name when there is one. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, '23505', constraint);

/** True for a violated foreign key, of the given name when there is one. */
export const isForeignKeyViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, '23503', constraint);
