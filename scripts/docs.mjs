// Prints what docs/ has from the code: the configuration reference and the error codes.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';

const root = path.resolve(import.meta.dirname, '..');

await build();
const { printedConfiguration, printedErrors } = await import(path.join(root, 'dist/src/print-reference.js'));
await writeFile(path.join(root, 'docs/configuration.md'), printedConfiguration());
await writeFile(path.join(root, 'docs/errors.md'), printedErrors());
