import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Closable } from '../../kernel/closing.js';
import { Metrics } from './metrics.js';

export interface MetricsServer extends Closable {
  readonly host: string;
  readonly port: number;
}

/** Answers `GET /metrics` and nothing else, to whoever may connect. Rejects when the address cannot be had. */
export async function serveMetrics(metrics: Metrics, host: string, port: number): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const refuse = (status: number, why: string): void =>
      void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
    request.resume();
    if (request.url?.split('?', 1)[0] !== '/metrics') return refuse(404, 'There is nothing here but /metrics.');
    if (request.method !== 'GET') return refuse(405, 'Ask with GET.');
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      () => refuse(500, 'The metrics could not be gathered.'),
    );
  });
  await once(server.listen(port, host), 'listening');
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
