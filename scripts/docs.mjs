// Prints what docs/ has from the code: the configuration reference, the error codes and the command line.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';

const root = path.resolve(import.meta.dirname, '..');

await build();
const { printedConfiguration, printedErrors } = await import(path.join(root, 'dist/src/print-reference.js'));
const { printedCommandLine } = await import(path.join(root, 'dist/src/cli/print-reference.js'));
await writeFile(path.join(root, 'docs/configuration.md'), printedConfiguration());
await writeFile(path.join(root, 'docs/errors.md'), printedErrors());
await writeFile(path.join(root, 'docs/cli.md'), printedCommandLine());
