import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { z } from 'zod';
import { fetchBootstrap } from '../../../agent-image/triaged-init/bootstrap.js';
import { ChannelClient } from '../../../agent-image/triaged-init/channel-client.js';
import { OutputShipper } from '../../../agent-image/triaged-init/output-shipper.js';
import type { Bootstrap, ExitReport } from '../../../agent-image/triaged-init/protocol.js';

const PATIENCE_MS = 60_000;

/** What incident.json may ask of a fake agent, as `{"fakeAgent": {…}}`. */
const fakeScript = z.object({
  lines: z.int().min(0).default(5),
  bytesPerLine: z.int().min(16).default(64),
  /** 0: as fast as the channel takes them. */
  linesPerSecond: z.number().min(0).default(0),
  exitCode: z.int().min(0).max(255).default(0),
  ignoreTerm: z.boolean().default(false),
  /** Waits so long after the last line. */
  hangSeconds: z.number().min(0).default(0),
  /** Vanishes after its lines, without a report, like a container that was killed. */
  crash: z.boolean().default(false),
  /** What it leaves as report.json; null: nothing. Left out: a valid report. */
  report: z.string().nullable().optional(),
});
type FakeScript = z.infer<typeof fakeScript>;

const incidentFile = z.object({ fakeAgent: fakeScript.prefault({}) });

/** Exit codes as a container's engine shows them. */
const CODE = { term: 143, kill: 137, timedOut: 124, channelLost: 70 } as const;

type Ending = Pick<ExitReport, 'exitCode' | 'signal' | 'timedOut'>;

/**
 * Plays triaged-init and an agent in this process: speaks the run channel, prints numbered lines and, last, the SHA-256 of
 * what it printed before. Resolves with the container's exit code; `killed` ends it at once and without a report.
 */
export class FakeAgent {
  readonly #client: ChannelClient;
  readonly #term = new AbortController();

  constructor(
    socketPath: string,
    private readonly killed: AbortSignal,
  ) {
    this.#client = new ChannelClient(socketPath);
  }

  /** As SIGTERM to triaged-init. */
  terminate(): void {
    this.#term.abort();
  }

  async run(): Promise<number> {
    const killed = new Promise<number>((resolve) => {
      this.killed.addEventListener('abort', () => resolve(CODE.kill), { once: true });
    });
    try {
      return await Promise.race([
        this.#run().catch(() => (this.killed.aborted ? CODE.kill : CODE.channelLost)),
        killed,
      ]);
    } finally {
      this.#client.close();
    }
  }

  async #run(): Promise<number> {
    const bootstrap = await fetchBootstrap(this.#client, PATIENCE_MS);
    const script = scriptOf(bootstrap);
    await this.#tell('/v1/started', '');
    const shipper = new OutputShipper({ client: this.#client, onLogFull: () => this.terminate() });
    this.killed.addEventListener('abort', () => shipper.giveUpAfter(0), { once: true });
    const ending = await this.#perform(script, bootstrap, shipper);
    shipper.giveUpAfter(PATIENCE_MS);
    const outputSha256 = await shipper.end();
    if (script.crash) return CODE.kill;
    const body = await artifactsOf(bootstrap, script);
    await this.#client.callPatiently({ method: 'PUT', path: '/v1/artifacts', body }, PATIENCE_MS);
    const output = { outputBytes: shipper.bytes, outputSha256 };
    const report: ExitReport = { ...ending, ...output, artifactsOverLimit: false };
    await this.#tell('/v1/exit', JSON.stringify(report));
    if (ending.timedOut) return CODE.timedOut;
    return ending.exitCode ?? (ending.signal === 'SIGKILL' ? CODE.kill : CODE.term);
  }

  async #tell(path: string, body: string): Promise<void> {
    this.killed.throwIfAborted();
    const answer = await this.#client.callPatiently({ method: 'POST', path, body: Buffer.from(body) }, PATIENCE_MS);
    if (answer.status !== 204) throw new Error(`${path} was answered with ${answer.status}`);
  }

  /** The script, until its end, TERM (and the grace, when it is ignored) or its time. */
  async #perform(script: FakeScript, bootstrap: Bootstrap, shipper: OutputShipper): Promise<Ending> {
    const over = new AbortController();
    let ending: Ending = { exitCode: script.exitCode, signal: null, timedOut: false };
    let timedOut = false;
    const end = (signal: string): void => {
      ending = { exitCode: null, signal, timedOut };
      over.abort();
    };
    let grace: NodeJS.Timeout | undefined;
    const onTerm = (): void => {
      if (!script.ignoreTerm) end('SIGTERM');
      else grace = setTimeout(end, bootstrap.graceSeconds * 1000, 'SIGKILL');
    };
    const onTime = (): void => {
      timedOut = true;
      this.terminate();
    };
    const timeout = setTimeout(onTime, bootstrap.timeoutSeconds * 1000);
    this.#term.signal.addEventListener('abort', onTerm, { once: true });
    if (this.#term.signal.aborted) onTerm();
    try {
      await print(script, shipper, AbortSignal.any([over.signal, this.killed]));
    } catch (error) {
      if (!over.signal.aborted) throw error;
    } finally {
      clearTimeout(timeout);
      clearTimeout(grace);
    }
    return ending;
  }
}

async function print(script: FakeScript, shipper: OutputShipper, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  const begun = Date.now();
  for (let line = 1; line <= script.lines; line += 1) {
    signal.throwIfAborted();
    const early = script.linesPerSecond > 0 ? begun + ((line - 1) * 1000) / script.linesPerSecond - Date.now() : 0;
    if (early > 0) await delay(early, undefined, { signal });
    const bytes = Buffer.from(`${`line ${line} `.padEnd(script.bytesPerLine - 1, '.')}\n`);
    hash.update(bytes);
    await shipper.write(bytes);
  }
  if (script.hangSeconds > 0) await delay(script.hangSeconds * 1000, undefined, { signal });
  await shipper.write(Buffer.from(`sha256 ${hash.digest('hex')}\n`));
}

function scriptOf({ files }: Bootstrap): FakeScript {
  const incident = files.find((file) => file.path.endsWith('/incident.json'));
  const text = incident ? Buffer.from(incident.contentBase64, 'base64').toString('utf8') : '{}';
  return incidentFile.parse(JSON.parse(text)).fakeAgent;
}

const VALID_REPORT = JSON.stringify({
  schemaVersion: 1,
  outcome: 'UNDETERMINED',
  summary: 'This run was played by the fake runtime.',
  evidence: [{ statement: 'It printed lines.', quote: 'line 1 ', source: 'stdout' }],
  missing: ['An agent that looks into the incident.'],
});

/** What was put into the workspace, and the reports. */
function artifactsOf({ files, workspace }: Bootstrap, { report = VALID_REPORT }: FakeScript): Promise<Buffer> {
  const tar = pack();
  for (const { path, contentBase64 } of files) {
    if (!path.startsWith(`${workspace}/`)) continue;
    tar.entry({ name: `workspace${path.slice(workspace.length)}` }, Buffer.from(contentBase64, 'base64'));
  }
  tar.entry({ name: 'output/report.md' }, '# Report\n\nThis run was played by the fake runtime.\n');
  if (report !== null) tar.entry({ name: 'output/report.json' }, report);
  tar.finalize();
  return buffer(tar);
}
