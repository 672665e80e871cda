// Writes the SDK's error classes, one for each code of the error contract, from src/kernel/errors.ts.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';

const root = path.resolve(import.meta.dirname, '..');

await build();
const { ERROR_MEANING, ERROR_STATUS } = await import(path.join(root, 'dist/src/kernel/errors.js'));

/** `NOT_FOUND` is NotFoundError, `INTERNAL` InternalError, `MODEL_PROVIDER_ERROR` ModelProviderError. */
const classOf = (code) => {
  const words = code.replace(/_ERROR$/, '').split('_');
  return `${words.map((word) => word[0] + word.slice(1).toLowerCase()).join('')}Error`;
};
const codes = Object.keys(ERROR_STATUS);
const classes = codes.map(
  (code) => `/** ${ERROR_MEANING[code]} */
export class ${classOf(code)} extends TriagedError {
  declare readonly code: '${code}';
}
`,
);
const table = codes.map((code) => `  ${code}: ${classOf(code)},\n`).join('');
const file = `// Written by \`npm run sdk\` from src/kernel/errors.ts.
import { TriagedError } from '../triaged-error.js';

${classes.join('\n')}
/** The class of each code. */
export const ERROR_CLASSES = {
${table}} as const;

/** What the API's errors bear in \`extensions.error_code\`. */
export type ErrorCode = keyof typeof ERROR_CLASSES;

/** The HTTP status of an answer in which nothing succeeded. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
${codes.map((code) => `  ${code}: ${ERROR_STATUS[code]},\n`).join('')}};
`;
await writeFile(path.join(root, 'sdk/src/generated/error-classes.ts'), file);
