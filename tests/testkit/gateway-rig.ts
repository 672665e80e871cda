import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { HttpModelUpstream } from '../../src/adapters/model-upstream/http-model-upstream.js';
import { Gateway, type GatewayCaller, type ModelCallGate } from '../../src/features/gateway/index.js';
import type { LimitedModelCall, ModelCall } from '../../src/features/usage/index.js';
import { ConnectPolicy } from '../../src/kernel/connect-policy.js';
import type { ProviderFeature } from '../../src/kernel/provider-features.js';
import { newInstanceId, newRunId, type TenantId } from '../../src/kernel/ids.js';
import { until } from './until.js';
import { openGate } from './open-gate.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly cut: boolean;
}

export interface GatewayRigOptions {
  /** 2 s unless told. */
  readonly firstByteTimeoutMs?: number;
  readonly silenceMs?: number;
  /** Lets all through unless told. */
  readonly gate?: ModelCallGate;
  /** A provider in the place of the one that the test plays. */
  readonly upstreamUrl?: string;
}

const listen = async (listener: RequestListener): Promise<Server> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The gateway of one run over plain HTTP, before a provider that a test plays. */
export class GatewayRig {
  /** What the provider answers, once it has the whole request. */
  answer: RequestListener = (_request, response) => void response.end('{}');
  readonly received: { message: IncomingMessage; body: string }[] = [];
  readonly calls: ModelCall[] = [];
  readonly limited: LimitedModelCall[] = [];
  /** How many callers closed their connection before they were answered. */
  departed = 0;
  /** Everything that the gateway logged. */
  logged = '';

  private constructor(
    public caller: GatewayCaller,
    private readonly provider: Server,
    private readonly upstream: HttpModelUpstream,
  ) {}

  private server!: Server;

  static async start(
    whose: Pick<GatewayCaller, 'aiAgent' | 'provider'>,
    { firstByteTimeoutMs = 2000, silenceMs, upstreamUrl, gate = openGate }: GatewayRigOptions = {},
  ): Promise<GatewayRig> {
    const provider = await listen((message, response) => {
      void text(message).then(
        (body) => {
          rig.received.push({ message, body });
          rig.answer(message, response);
        },
        () => undefined,
      );
    });
    const url = upstreamUrl ?? urlOf(provider);
    const policy = new ConnectPolicy({ networks: [], ownServices: () => [], resolve: async () => [] });
    const baseUrls = { anthropic: url, openai: url, google: url };
    const upstream = new HttpModelUpstream({ baseUrls, policy, ...(silenceMs === undefined ? {} : { silenceMs }) });
    const ids = { tenantId: 'demo' as TenantId, instanceId: newInstanceId(), runId: newRunId() };
    const rig = new GatewayRig(
      { ...ids, ...whose, agentKeys: ['key-of-this-run'], credential: 'key-of-this-run' },
      provider,
      upstream,
    );
    const logger = pino({ level: 'trace' }, { write: (line: string) => void (rig.logged += line) });
    const journal = {
      began: () => undefined,
      limited: (call: LimitedModelCall) => void rig.limited.push(call),
      ended: (call: ModelCall) => void rig.calls.push(call),
      refused: (call: ModelCall) => void rig.calls.push(call),
    };
    const gateway = new Gateway({ upstream, journal, gate, logger, firstByteTimeoutMs });
    rig.server = await listen((message, response) => {
      response.once('close', () => (rig.departed += response.writableFinished ? 0 : 1));
      gateway.handle(message, response, rig.caller).catch(() => response.destroy());
    });
    return rig;
  }

  get url(): string {
    return urlOf(this.server);
  }

  get providerUrl(): string {
    return urlOf(this.provider);
  }

  async close(): Promise<void> {
    await this.upstream.close();
    for (const server of [this.server, this.provider]) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  /** Sends what is given and leaves the request open unless `body` is. */
  begin(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string | Buffer) {
    const { hostname, port } = new URL(this.url);
    const sent = request({ hostname, port, agent: false, method, path, headers });
    if (body === undefined) sent.flushHeaders();
    else sent.end(body);
    // After the head: the gateway may answer and close before all of the body is sent.
    sent.on('error', () => undefined);
    const head = once(sent, 'response').then(([response]) => response as IncomingMessage);
    head.catch(() => undefined);
    return { sent, head };
  }

  async call(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Buffer = '',
  ): Promise<Answer> {
    return readAnswer(await this.begin(method, path, headers, body).head);
  }

  /** What the run's instance allows from the next call on. */
  allow(...providerFeatures: readonly ProviderFeature[]): void {
    this.caller = { ...this.caller, providerFeatures };
  }

  /** The one call that was recorded. */
  async recorded(): Promise<ModelCall> {
    await until(() => this.calls.length > 0);
    if (this.calls.length !== 1) throw new Error(`${this.calls.length} calls were recorded`);
    return this.calls[0]!;
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  let cut = false;
  try {
    for await (const piece of response) pieces.push(piece as Buffer);
  } catch {
    cut = true;
  }
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(pieces), cut };
}
