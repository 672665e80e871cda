import path from 'node:path';
import { wantsColour } from '../sdk/src/renderer/index.js';
import { Demo } from './demo.js';
import { DemoFailure } from './demo-failure.js';
import { readOptions, USAGE, type DemoOptions } from './options.js';
import { Progress } from './progress.js';

const INTERRUPTED = 130;
const root = path.resolve(import.meta.dirname, '../..');

function options(): DemoOptions {
  const read = readOptions(process.argv.slice(2), process.env, process.cwd());
  if (read !== 'help') return read;
  process.stdout.write(USAGE);
  process.exit(0);
}

async function main(json: boolean): Promise<number> {
  const given = options();
  const stream = json ? process.stderr : process.stdout;
  const colour = wantsColour(stream, process.env);
  const progress = new Progress(stream, colour);
  const stopping = new AbortController();
  const demo = new Demo({ root, options: given, progress, colour, signal: stopping.signal });
  const onSignal = () => {
    if (stopping.signal.aborted) {
      demo.kill();
      process.exit(INTERRUPTED);
    }
    stopping.abort();
    progress.step('Stopping. Again to stop at once.');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // Nobody reads any more, e.g. behind a pipe that ended: the same as Ctrl-C, once.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => stopping.abort());
  try {
    const result = await demo.run();
    if (given.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    if (!given.once && demo.ownsServer) {
      progress.step(
        'The server goes on. Open the dashboard and sign in with the key in the file above; stop it with Ctrl-C.',
      );
      progress.note('Next: query { triageRuns { items { id state exitCode } } }, or npm run demo in another terminal.');
      const aborted = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
      if (!stopping.signal.aborted) await Promise.race([aborted, demo.serverEnded()]);
    }
    return result.ok ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    if (given.json) process.stdout.write(`${JSON.stringify({ ok: false, error: 'The demo was interrupted.' })}\n`);
    return INTERRUPTED;
  } finally {
    await demo.close();
  }
}

/** With --json also a failure is one object on stdout. */
function tell(error: unknown, json: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  const advice = error instanceof DemoFailure ? error.advice : 'The server log in the data folder may say more.';
  process.stderr.write(`\n${message}\n${advice}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: message, advice })}\n`);
}

const json = process.argv.includes('--json');
process.exitCode = await main(json).catch((error: unknown) => {
  tell(error, json);
  return 1;
});
