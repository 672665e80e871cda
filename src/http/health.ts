import type { RequestHandler } from 'express';
import { TriagedError } from '../kernel/errors.js';
import { answerError } from './answer-error.js';

/** Whether requests can be served now; each reason says what is missing. */
export interface Readiness {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

/** Answers 200 as long as the process serves requests at all. */
export const livez: RequestHandler = (_request, response) => {
  response.json({ status: 'alive' });
};

/** 200 when ready; 503 with the reasons while not, and as soon as closing has begun. */
export const readyz =
  (readiness: () => Promise<Readiness>, isDraining: () => boolean): RequestHandler =>
  async (request, response) => {
    const failed = (): Readiness => ({ ok: false, reasons: ['the readiness check failed'] });
    const { ok, reasons } = isDraining()
      ? { ok: false, reasons: ['the server is shutting down'] }
      : await readiness().catch(failed);
    if (ok) response.json({ status: 'ready' });
    else
      answerError(
        request,
        response,
        new TriagedError('SERVICE_UNAVAILABLE', `Not ready: ${reasons.join('; ')}.`, { reasons }),
        'json',
      );
  };
