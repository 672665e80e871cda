import { createServer } from 'node:http';
import express from 'express';
import type { ErrorRequestHandler } from 'express';
import { TriagedError } from '../kernel/errors.js';
import { answerError } from './answer-error.js';
import { livez, readyz } from './health.js';
import { listen, stopListening } from './listening.js';
import { openScope } from './request-scope.js';
import { apiHeaders } from './security-headers.js';
import type { TriagedServer, TriagedServerOptions } from './triaged-server.js';

/** The HTTP server of one that carries out runs and answers no client: health, and what other servers ask. */
export function createWorkerServer(
  options: Pick<TriagedServerOptions, 'readiness' | 'logger' | 'observe'> &
    Required<Pick<TriagedServerOptions, 'peers'>>,
): TriagedServer {
  let draining = false;
  let closing: Promise<void> | undefined;
  const onError: ErrorRequestHandler = (error, request, response, _next) =>
    answerError(request, response, error, 'json');

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(openScope(options.logger, { hideSuggestions: true }), apiHeaders);
  app.get('/livez', livez);
  app.get(
    '/readyz',
    readyz(options.readiness, () => draining),
  );
  app.use('/peer', options.peers);
  app.use(() => {
    throw new TriagedError('NOT_FOUND', 'This server carries out runs only. Ask one with ROLE=api or ROLE=all.');
  });
  app.use(onError);

  const httpServer = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    options.observe?.(request, response);
    app(request, response);
  });
  return {
    httpServer,
    listen: (host, port) => listen(httpServer, host, port),
    open: () => ({ sockets: 0, subscriptions: 0 }),
    drain: () => void (draining = true),
    close(deadlineMs) {
      draining = true;
      return (closing ??= stopListening(httpServer, deadlineMs));
    },
  };
}
