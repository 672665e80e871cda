import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import type { Bootstrap, ExitReport } from '../../agent-image/triaged-init/protocol.js';
import { MemoryEventBus } from '../../src/adapters/event-bus/memory-event-bus.js';
import {
  ChannelRefusal,
  type RunChannel,
  type RunChannelHandlers,
  RunChannelServer,
} from '../../src/features/run-channel/index.js';
import { RunLogFeeds, RunLogStore, type RunLogWriter, type RunLogEncoding } from '../../src/features/run-log/index.js';
import { newRunId } from '../../src/kernel/ids.js';

const repository = path.resolve(import.meta.dirname, '../..');

export interface RunRigOptions {
  readonly maxLogBytes?: number;
  readonly bootstrap?: Partial<Bootstrap>;
  readonly modelCall?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly connect?: RunChannelHandlers['connect'];
}

/** One run's log, channel and triaged-init on this machine, in a folder of its own; the server part can be "killed". */
export class RunRig {
  readonly runId = newRunId();
  readonly bus = new MemoryEventBus();
  readonly token = 'channel-token';
  readonly reports: ExitReport[] = [];
  readonly artifacts: Buffer[] = [];
  readonly store: RunLogStore;
  readonly server: RunChannelServer;
  hasStarted = false;
  artifactFaults = 0;
  log: RunLogWriter | undefined;
  channel: RunChannel | undefined;
  #fence = 0;
  #init: ChildProcess | undefined;

  static async create(options: RunRigOptions = {}): Promise<RunRig> {
    const folder = await mkdtemp(path.join(tmpdir(), 'rig-'));
    await Promise.all(['workspace', 'output'].map((name) => mkdir(path.join(folder, name))));
    return new RunRig(folder, options);
  }

  private constructor(
    readonly folder: string,
    private readonly options: RunRigOptions,
  ) {
    const maxBytes = options.maxLogBytes ?? 1024 ** 3;
    this.store = new RunLogStore({ directory: path.join(folder, 'logs'), bus: this.bus, maxBytes });
    this.server = new RunChannelServer({
      directory: path.join(folder, 'ch'),
      logger: pino({ level: 'silent' }),
      closeGraceMs: 0,
    });
  }

  get socketPath(): string {
    return path.join(this.channel!.directory, 's');
  }

  /** Opens log and channel as a (restarted) server does, with a higher fence each time. */
  async open(): Promise<void> {
    this.log = await this.store.openWriter(this.runId, ++this.#fence);
    const { runId, log } = this;
    this.channel = await this.server.open({ runId, log, channelTokens: [this.token], handlers: this.#handlers() });
  }

  /** Cuts every connection, also in the middle of a request. */
  async cut(): Promise<void> {
    await this.channel!.close();
    await this.log!.close();
  }

  /** Starts triaged-init in one file, as the image has it. */
  startInit(environment: Record<string, string> = {}): {
    exited: Promise<number | null>;
    child: ChildProcess;
    diagnostics: () => string;
  } {
    const outfile = path.join(this.folder, 'main.cjs');
    const entry = path.join(repository, 'agent-image/triaged-init/main.ts');
    const bundle = ['--bundle', '--platform=node', '--target=node24', '--format=cjs', '--log-level=error'];
    execFileSync(path.join(repository, 'node_modules/.bin/esbuild'), [entry, ...bundle, `--outfile=${outfile}`]);
    const env = {
      PATH: process.env.PATH,
      TMPDIR: this.folder,
      TRIAGED_CHANNEL: this.socketPath,
      TRIAGED_MODEL_PORT: '0',
      ...environment,
    };
    const child = spawn(process.execPath, [outfile], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#init = child;
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    const exited = new Promise<number | null>((resolve) => child.once('exit', (exitCode) => resolve(exitCode)));
    return { exited, child, diagnostics: () => text };
  }

  tail(fromOffset: number, encoding: RunLogEncoding = 'BASE64') {
    const { store, bus, runId } = this;
    const hasEnded = async (): Promise<boolean> => this.reports.length > 0;
    return new RunLogFeeds({ store, bus }).follow({ runId, fromOffset, encoding, hasEnded });
  }

  async close(): Promise<void> {
    this.#init?.kill('SIGKILL');
    await this.cut().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  #handlers(): RunChannelHandlers {
    return {
      bootstrap: async () => this.bootstrap(),
      hasStarted: () => this.hasStarted,
      started: async () => void (this.hasStarted = true),
      artifacts: async (tar: Readable) => {
        if (this.artifactFaults-- > 0) throw new Error('a fault of the test');
        this.artifacts.push(await buffer(tar));
      },
      exited: async (report) => void this.reports.push(report),
      modelCall: this.options.modelCall ?? (async (_request, response) => void response.writeHead(404).end()),
      connect: this.options.connect ?? (() => Promise.reject(new ChannelRefusal(403, 'not in this test'))),
    };
  }

  bootstrap(): Bootstrap {
    return {
      channelToken: this.token,
      environment: { PATH: process.env.PATH ?? '', HOME: this.folder },
      modelBaseUrls: { ANTHROPIC_BASE_URL: '/anthropic' },
      connectProxyVariables: [],
      files: [],
      command: ['sh', '-c', 'echo hello'],
      workingDirectory: path.join(this.folder, 'workspace'),
      workspace: path.join(this.folder, 'workspace'),
      output: path.join(this.folder, 'output'),
      timeoutSeconds: 60,
      graceSeconds: 1,
      maxArtifactBytes: 64 * 1024 * 1024,
      ...this.options.bootstrap,
    };
  }
}
