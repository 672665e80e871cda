import type { Logger } from 'pino';
import type { Actor } from './actor.js';

/** What every resolver gets; made once for each HTTP request, and once for each operation on a socket. */
export interface GraphQLContext {
  readonly actor: Actor;
  /** Given back to the client in `x-request-id` and in the details of errors that are masked. */
  readonly requestId: string;
  /** Bound to the request id, the tenant and the key's readable prefix. */
  readonly logger: Logger;
  /** Aborted when the client's connection closes before the answer is sent; a socket's, when it closes. */
  readonly signal: AbortSignal;
}
