import { EXIT } from './exit-codes.js';
import { runCommandLine } from './run.js';

// Whoever read the output has seen enough, e.g. head, or the terminal is gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(EXIT.outputClosed));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
});
