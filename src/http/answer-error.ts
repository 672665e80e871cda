import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, formatError, retryAfter, toClientError } from '../graphql/error-format.js';
import { TriagedError } from '../kernel/errors.js';
import { scopeOf } from './request-scope.js';

const json = 'application/json; charset=utf-8';

/**
 * Answers a request that failed outside GraphQL's execution: as `errors` on `/graphql`, so that clients need one reader,
 * else as { error_code, message, details }.
 */
export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  form: 'graphql' | 'json',
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const scope = scopeOf(request);
  const known = toClientError(fromRequest(error) ?? error, scope);
  const wait = retryAfter(known.details);
  if (wait) response.setHeader('retry-after', wait);
  const body = form === 'graphql' ? { errors: [formatError(known, scope)] } : errorBody(known);
  response.writeHead(known.httpStatus, { 'content-type': json }).end(`${JSON.stringify(body)}\n`);
}

/** What is wrong with the request itself, as Express and its body parser say it; their messages may quote it. */
function fromRequest(error: unknown): TriagedError | undefined {
  if (error instanceof URIError) return new TriagedError('BAD_REQUEST', 'The path is not escaped as a URL must be.');
  if (!(error instanceof Error) || !('type' in error) || !('status' in error)) return undefined;
  if (error.type === 'entity.too.large' && 'limit' in error)
    return new TriagedError('PAYLOAD_TOO_LARGE', `The body is larger than ${String(error.limit)} bytes.`, {
      limit: error.limit,
    });
  if (error.type === 'entity.parse.failed') return new TriagedError('BAD_REQUEST', 'The body is not valid JSON.');
  const isClients = typeof error.status === 'number' && error.status < 500;
  return isClients
    ? new TriagedError('BAD_REQUEST', 'The body could not be read: check its encoding, charset and length.')
    : undefined;
}

/** Answers an upgrade that is refused; there is no response object for it. */
export function refuseUpgrade(socket: Duplex, error: TriagedError): void {
  const body = `${JSON.stringify(errorBody(error))}\n`;
  const head = [
    `HTTP/1.1 ${error.httpStatus} ${error.code}`,
    'connection: close',
    `content-type: ${json}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
