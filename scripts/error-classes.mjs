// Writes the SDK's error classes, one for each code of the error contract, from src/kernel/error-codes.ts.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';

const root = path.resolve(import.meta.dirname, '..');

await build();
const { ERROR_CODES } = await import(path.join(root, 'dist/src/kernel/error-codes.js'));

/** `NOT_FOUND` is NotFoundError, `INTERNAL` InternalError, `MODEL_PROVIDER_ERROR` ModelProviderError. */
const classOf = (code) => {
  const words = code.replace(/_ERROR$/, '').split('_');
  return `${words.map((word) => word[0] + word.slice(1).toLowerCase()).join('')}Error`;
};
const codes = Object.keys(ERROR_CODES);
const classes = codes.map(
  (code) => `/** ${ERROR_CODES[code].meaning} */
export class ${classOf(code)} extends TriagedError {
  override readonly name = '${classOf(code)}';
  declare readonly code: '${code}';
}
`,
);
const table = codes.map((code) => `  ${code}: ${classOf(code)},\n`).join('');
const file = `// Written by \`npm run sdk\` from src/kernel/error-codes.ts.
import { TriagedError } from '../triaged-error.js';

${classes.join('\n')}
/** The class of each code. */
export const ERROR_CLASSES = {
${table}} as const;

/** What the API's errors bear in \`extensions.error_code\`. */
export type ErrorCode = keyof typeof ERROR_CLASSES;

/** The HTTP status of an answer in which nothing succeeded. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
${codes.map((code) => `  ${code}: ${ERROR_CODES[code].status},\n`).join('')}};
`;
await writeFile(path.join(root, 'sdk/src/generated/error-classes.ts'), file);
