import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { MODEL_PATH_PREFIX, OFFSET_HEADER, OUTPUT_PIECE_BYTES } from '../../../agent-image/triaged-init/protocol.js';
import { parsedJson } from '../../kernel/json.js';
import { KnownTokens } from '../../kernel/known-tokens.js';
import { LogFull, OffsetConflict, StaleFence } from '../run-log/index.js';
import { ChannelRefusal } from './channel-refusal.js';
import { readBody } from './request-body.js';
import type { RunChannelOptions } from './types.js';

const EXIT_REPORT_BYTES = 16 * 1024;

const exitReport = z.strictObject({
  exitCode: z.int().min(0).max(255).nullable(),
  signal: z.string().max(32).nullable(),
  timedOut: z.boolean(),
  outputBytes: z.int().min(0),
  outputSha256: z.string().regex(/^[0-9a-f]{64}$/),
  // An older image does not tell.
  artifactsOverLimit: z.boolean().default(false),
});

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers the requests of one run, as protocol.ts lays down. Throws ChannelRefusal for whatever it does not accept. */
export class ChannelRoutes {
  readonly #tokens: KnownTokens;
  /** For the next piece of output, unless one is under way: a new one for each would keep the garbage collector busy. */
  #spareBuffer: Buffer | undefined;
  readonly #routes: Readonly<Record<string, Route>> = {
    'GET /v1/bootstrap': (_request, response) => this.#bootstrap(response),
    'POST /v1/started': (request, response) => this.#started(request, response),
    'PUT /v1/output': (request, response) => this.#output(request, response),
    'PUT /v1/artifacts': (request, response) => this.#artifacts(request, response),
    'POST /v1/exit': (request, response) => this.#exit(request, response),
  };

  constructor(private readonly options: RunChannelOptions) {
    this.#tokens = new KnownTokens(options.channelTokens.map((token) => `Bearer ${token}`));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    if (url.startsWith(`${MODEL_PATH_PREFIX}/`)) {
      request.url = url.slice(MODEL_PATH_PREFIX.length);
      return this.options.handlers.modelCall(request, response);
    }
    const route = this.#routes[`${request.method} ${pathOf(url)}`];
    if (!route) throw new ChannelRefusal(404, 'There is no such call on the run channel.');
    if (pathOf(url) !== '/v1/bootstrap') this.#checkToken(request.headers.authorization);
    return route(request, response);
  }

  /** What a CONNECT leads to. */
  connect(request: IncomingMessage, gone: AbortSignal): Promise<Socket> {
    this.#checkToken(request.headers['proxy-authorization']);
    return this.options.handlers.connect(request.url ?? '', gone);
  }

  #checkToken(authorization = ''): void {
    if (this.#tokens.has(authorization)) return;
    throw new ChannelRefusal(401, 'The channel token is missing or wrong.');
  }

  async #bootstrap(response: ServerResponse): Promise<void> {
    const { handlers } = this.options;
    const body = handlers.hasStarted() ? undefined : JSON.stringify(await handlers.bootstrap());
    // Asked again after the wait: the run may have started meanwhile, and with it the agent.
    if (body === undefined || handlers.hasStarted()) {
      throw new ChannelRefusal(410, 'The run has started; its secrets are delivered once.');
    }
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body);
  }

  async #started(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await readBody(request, Buffer.alloc(0));
    await this.options.handlers.started();
    response.writeHead(204).end();
  }

  async #output(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
    const offset = offsetOf(query);
    const { log } = this.options;
    const buffer = this.#spareBuffer ?? Buffer.allocUnsafeSlow(OUTPUT_PIECE_BYTES);
    this.#spareBuffer = undefined;
    try {
      const size = await log.append(offset, await readBody(request, buffer), query.get('last') === 'true');
      response.writeHead(204, { [OFFSET_HEADER]: String(size) }).end();
    } catch (error) {
      throw refusalOf(error, log.size) ?? error;
    } finally {
      this.#spareBuffer = buffer;
    }
  }

  async #artifacts(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.options.handlers.artifacts(request);
    response.writeHead(204).end();
  }

  async #exit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, Buffer.alloc(EXIT_REPORT_BYTES));
    const report = exitReport.safeParse(parsedJson(body.toString('utf8')));
    if (!report.success) throw new ChannelRefusal(400, `Not an exit report: ${z.prettifyError(report.error)}`);
    await this.options.handlers.exited(report.data);
    response.writeHead(204).end();
  }
}

const pathOf = (url: string): string => url.split('?', 1)[0]!;

function offsetOf(query: URLSearchParams): number {
  const text = query.get('offset') ?? '';
  const offset = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(offset)) throw new ChannelRefusal(400, 'offset must be a whole number from 0 to 2^53 - 1.');
  return offset;
}

/** A stale owner answers 503: the client tries again and meets the server that came after. */
function refusalOf(error: unknown, size: number): ChannelRefusal | undefined {
  const headers = { [OFFSET_HEADER]: String(size) };
  if (error instanceof OffsetConflict) return new ChannelRefusal(409, error.message, headers);
  if (error instanceof LogFull) return new ChannelRefusal(507, error.message, headers);
  if (error instanceof StaleFence) return new ChannelRefusal(503, error.message, { connection: 'close' });
  return undefined;
}
