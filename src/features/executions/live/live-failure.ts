import type { IncomingHttpHeaders } from 'node:http';
import { badUserInput, TriagedError } from '../../../kernel/errors.js';
import type { ErrorDetails } from '../../../kernel/errors.js';
import type { ConnectionFailure } from '../../connection-tests/index.js';
import type { FailureKind } from '../../gateway/index.js';

/** Of the instance: which one, and which AI agent's key it was. */
type Subject = ErrorDetails;

/** The provider's refusal or failure, told as a connection test would. */
export const providerFailure = (
  { class: failureClass, message, providerMessage }: ConnectionFailure,
  subject: Subject,
  more: ErrorDetails = {},
  options?: ErrorOptions,
): TriagedError => {
  const details = { class: failureClass, providerMessage, ...subject, ...more };
  return new TriagedError('MODEL_PROVIDER_ERROR', message, details, options);
};

/** What the gateway answered itself, other than that there was no answer. `message`: as it told the client. */
export function gatewayFailure(
  kind: FailureKind,
  { message, headers, subject }: { message: string; headers: IncomingHttpHeaders; subject: Subject },
): TriagedError {
  const details = { ...subject, ...retryAfter(headers) };
  if (kind === 'limited' || kind === 'budgetSpent') return new TriagedError('RATE_LIMITED', message, details);
  if (kind === 'notCounted') return new TriagedError('SERVICE_UNAVAILABLE', message, details);
  if (kind === 'notAllowed' || kind === 'notOffered') return badUserInput('input.model', message, details);
  throw new Error(`the gateway refused a call of the server's own: ${kind}, ${message}`);
}

const MAX_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/** In whole seconds, which is how providers and the gateway write it; nothing else is told on. */
export function retryAfter(headers: IncomingHttpHeaders): { readonly retryAfterSeconds?: number } {
  const seconds = Number(/^\d{1,9}$/.exec(headers['retry-after'] ?? '')?.[0] ?? 0);
  return seconds > 0 ? { retryAfterSeconds: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) } : {};
}
