import { maskKeys } from '../features/masking/index.js';

/** How graphql-js, and the scalars here, quote a value that does not fit; each quote and what stands instead. */
const QUOTES: readonly (readonly [RegExp, string])[] = [
  // A token of the document: its kind stays, and locations say where it stands.
  [/^(Syntax Error: [\s\S]*?)\b(Name|Int|Float|String|BlockString|Comment) "[\s\S]*$/, '$1$2.'],
  [/\bValue "[\s\S]*" does not exist in ("\w+" enum)\./, 'The value does not exist in $1.'],
  [/(got invalid value) [\s\S]*?(?=(?: at "[^"]*")?; )/, '$1'],
  [/(has invalid value) [\s\S]*$/, '$1.'],
  [/(Expected value of type "[^"]*"), found [\s\S]*$/, '$1.'],
  [/(cannot represent [\w -]*value): [\s\S]*$/, '$1.'],
  [/(cannot represent (?:an invalid date-time-string|non string or Date type)) [\s\S]*$/, '$1.'],
];

/**
 * A message of graphql-js without the values of the request, which may be long or secret: what was expected stays, and so do the
 * names of fields and types, but for what looks like a key.
 */
export const withoutValues = (message: string): string =>
  maskKeys(QUOTES.reduce((text, [quote, instead]) => text.replace(quote, instead), message));
