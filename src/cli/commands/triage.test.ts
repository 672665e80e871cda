import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { runWords, type Ran } from '../../../tests/testkit/command-line.js';
import {
  outputPiece,
  SCRIPTED_END,
  SCRIPTED_RUN,
  startScriptedServer,
  type Script,
  type ScriptedServer,
} from '../../../tests/testkit/scripted-server.js';
import { until } from '../../../tests/testkit/until.js';
import { runCommandLine } from '../run.js';

// Each triage waits two seconds for its figures.
jest.setTimeout(60_000);

const LOG = 'said\n';
const STARTED = { data: { startTriage: SCRIPTED_RUN } };
const ENDED = { data: { triageRun: SCRIPTED_END } };

let folder: string;
let server: ScriptedServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'triaged-cli-'));
  await writeFile(path.join(folder, 'incident.json'), '{}');
});
afterEach(async () => {
  server?.close();
  await rm(folder, { recursive: true });
});

async function* wholeLog({ fromOffset = 0 }: { readonly fromOffset?: number }) {
  if (fromOffset < LOG.length) yield outputPiece(fromOffset, LOG.slice(fromOffset));
}
async function* states() {
  yield { triageRunChanged: SCRIPTED_RUN };
  yield { triageRunChanged: SCRIPTED_END };
}

const eventually = (condition: () => boolean) => until(condition, 20_000);

/** The server says what the script says, else what belongs to a run that succeeds. */
async function start(script: Partial<Script>): Promise<Readonly<Record<string, string>>> {
  const { answer, subscriptions } = script;
  server = await startScriptedServer({
    answer: (request, nth) =>
      answer?.(request, nth) ?? (request.operation === 'StartTriage' ? STARTED : ENDED), // prettier-ignore
    subscriptions: { triageOutput: wholeLog, triageRunChanged: states, ...subscriptions },
  });
  return {
    ...{ TRIAGED_URL: server.url, TRIAGED_API_KEY: 'tri_x', TRIAGED_INSTANCE: SCRIPTED_RUN.instanceId },
    DATA_DIR: folder,
  };
}

const words = (...more: string[]) => ['triage', '-w', folder, ...more, 'Why?'];
const triage = async (script: Partial<Script>, ...more: string[]): Promise<Ran> =>
  runWords(words(...more), { environment: await start(script) });
const keys = () =>
  server!.requests
    .filter(({ operation }) => operation === 'StartTriage')
    .map(({ variables }) => (variables.input as { idempotencyKey?: unknown }).idempotencyKey);

describe('a start whose answer is lost', () => {
  const losing =
    (times: number): Script['answer'] =>
    ({ operation }, nth) =>
      operation === 'StartTriage' ? (nth <= times ? 'hang up' : STARTED) : ENDED;

  it('is asked for once more with the same key, which is another for each triage', async () => {
    expect(await triage({ answer: losing(1) }, '-d')).toEqual({ exitCode: 0, out: `${SCRIPTED_RUN.id}\n`, err: '' });
    const [first, second, ...more] = keys();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect([second, more]).toEqual([first, []]);
    server!.close();
    await triage({}, '-d');
    expect(keys()).toEqual([expect.not.stringMatching(first as string)]);
  });

  it('is told as a run that there may be, with the way to ask again', async () => {
    const { exitCode, err } = await triage({ answer: losing(9) });
    expect(exitCode).toBe(3);
    expect(err).toContain('The run may have been started: triaged runs shows it.');
    expect(err).toContain(`--idempotency-key ${String(keys()[0])}`);
    expect(err).not.toContain('No server answers');
  });

  it('keeps the key that was given', async () => {
    await triage({ answer: losing(1) }, '-d', '--idempotency-key', 'mine');
    expect(keys()).toEqual(['mine', 'mine']);
  });

  it('was no start when nothing listens', async () => {
    const environment = await start({});
    server!.close();
    const { exitCode, err } = await runWords(words(), { environment });
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: expect.stringContaining('No server answers at') });
  });
});

describe('a run that ended', () => {
  it.each(['hang up', { code: 'UNAUTHENTICATED' }] as const)(
    'decides the exit code, also when its figures cannot be had: %j',
    async (failure) => {
      const answer: Script['answer'] = ({ operation }) => (operation === 'StartTriage' ? STARTED : failure);
      const { exitCode, out, err } = await triage({ answer }, '--json');
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.stringContaining('SUCCEEDED after 8s') });
      const lines = out.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore
      expect(lines).toMatchObject([{ kind: 'run' }, { kind: 'raw' }, { run: { state: 'SUCCEEDED' } }]);
    },
  );
});

describe('a log', () => {
  it('of which an event nests without end is shown as JSON to its end', async () => {
    const nested = `{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}`;
    const content = [{ type: 'tool_use', id: 't', name: 'Bash', input: 'INPUT' }];
    const line = JSON.stringify({ type: 'assistant', message: { content } }).replace('"INPUT"', nested);
    const triageOutput = async function* () {
      yield outputPiece(0, `${line}\nlast\n`);
    };
    const { exitCode, out } = await triage({ subscriptions: { triageOutput } }, '--json');
    expect(exitCode).toBe(0);
    expect(out).toContain('"tool":"Bash","input":"[nested too deeply]"');
    expect(out).toContain('"line":"last"');
  });

  it('that cannot be read for a while is read on, and the reason told', async () => {
    let tries = 0;
    const triageOutput = async function* () {
      tries += 1;
      if (tries === 1) throw new GraphQLError('Enough.', { extensions: { error_code: 'RATE_LIMITED' } });
      yield outputPiece(0, LOG);
    };
    const { exitCode, out, err } = await triage({ subscriptions: { triageOutput } });
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: LOG });
    expect(err).toContain('Enough. (RATE_LIMITED) Going on at byte 0.\n');
  });
});

describe('Ctrl-C on a terminal', () => {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  /** The command with somebody who types. */
  function typing(environment: Readonly<Record<string, string>>) {
    const io = { stdin: terminal(), stdout: terminal(), stderr: terminal(), environment };
    let shown = '';
    for (const stream of [io.stdout, io.stderr]) stream.on('data', (piece: Buffer) => (shown += piece.toString()));
    const ended = runCommandLine(words(), io);
    return {
      ended,
      stdin: io.stdin,
      shows: async (text: string | RegExp) => {
        const isThere = () => (typeof text === 'string' ? shown.includes(text) : text.test(shown));
        await eventually(isThere).catch((error: unknown) => {
          throw new Error(`${String(text)} was not shown:\n${shown}`, { cause: error });
        });
      },
      interrupt: () => void process.emit('SIGINT', 'SIGINT'),
    };
  }

  it('tells that cancelling failed, and goes on; a second one leaves a cancelling that hangs', async () => {
    const unending = (first: object) =>
      async function* () {
        yield first;
        await new Promise(() => undefined);
      };
    const subscriptions = {
      triageOutput: unending(outputPiece(0, LOG)),
      triageRunChanged: unending({ triageRunChanged: SCRIPTED_RUN }),
    };
    const answer: Script['answer'] = ({ operation }, nth) => {
      if (operation !== 'CancelTriage') return operation === 'StartTriage' ? STARTED : ENDED;
      return nth === 1 ? { code: 'SERVICE_UNAVAILABLE' } : 'no answer';
    };
    const cli = typing(await start({ answer, subscriptions }));
    await cli.shows('said');
    cli.interrupt();
    await cli.shows('Cancel the run (c)');
    cli.stdin.write('c\r');
    await cli.shows('The run was not cancelled and goes on');
    // Signals that come at once are one.
    await delay(300);
    cli.interrupt();
    await cli.shows(/Cancel the run[^]*Cancel the run/);
    cli.stdin.write('c\r');
    await eventually(() => server!.requests.filter(({ operation }) => operation === 'CancelTriage').length === 2);
    await delay(300);
    cli.interrupt();
    expect(await cli.ended).toBe(130);
    await cli.shows('The run goes on. To follow it');
  });

  it('twice gives up a start that is not answered, and says that there may be a run', async () => {
    const cli = typing(await start({ answer: () => 'no answer' }));
    await eventually(() => server!.requests.length === 1);
    cli.interrupt();
    await cli.shows('Waiting for the server');
    await delay(300);
    cli.interrupt();
    expect(await cli.ended).toBe(130);
    await cli.shows('Given up. The run may have been started');
    await eventually(() => server!.lost() === 1);
    expect(server!.requests).toHaveLength(1);
  });

  it("is the system's again once the run has ended", async () => {
    const before = process.listenerCount('SIGINT');
    const end = Promise.withResolvers<void>();
    const triageRunChanged = async function* () {
      await end.promise;
      yield* states();
    };
    const cli = typing(await start({ subscriptions: { triageRunChanged } }));
    await eventually(() => process.listenerCount('SIGINT') > before);
    end.resolve();
    await eventually(() => process.listenerCount('SIGINT') === before);
    expect(server!.requests.map(({ operation }) => operation)).toEqual(['StartTriage']);
    expect(await cli.ended).toBe(0);
  });
});
