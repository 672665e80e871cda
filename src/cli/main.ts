import { EXIT } from './exit-codes.js';
import { runCommandLine } from './run.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // Whoever read the output has seen enough, e.g. head, or the terminal is gone.
    if (code === 'EPIPE' || code === 'EIO' || stream === process.stderr) process.exit(EXIT.outputClosed);
    process.stderr.write(`triaged: The output cannot be written: ${message}\n`);
    process.exit(EXIT.failed);
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
});
