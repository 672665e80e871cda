import { TriagedError } from '../kernel/errors.js';

/** What an operation may have at most. All hold on every transport. */
export const LIMITS = {
  /** Words, names, values and punctuation of the document. */
  tokens: 4_000,
  /** Selection sets within each other, fragments counted where they are spread. */
  depth: 12,
  /** Fields that bear an alias or are selected once more in their selection set, `__typename` too. */
  aliases: 30,
  /** Characters of an alias, which stands in the answer for each item of a list. */
  aliasLength: 100,
  directives: 20,
  fields: 500,
  /** Fragments that are defined. */
  fragments: 50,
  /** Places where fragments are spread, inline ones too. */
  spreads: 100,
  /** Lists and objects within each other in one argument of the document. */
  valueDepth: 8,
  /**
   * Field values that the answer may hold, as estimated: lists count as often as their `limit` says, or as they have items at
   * most, a text once for each 500 characters that it may have. So no answer holds more than 40 MB of text.
   */
  cost: 20_000,
  /** Lists of introspection within each other, as graphql-js counts them. */
  introspectionDepth: 3,
} as const;

export type LimitName = keyof typeof LIMITS;

const WHAT: Readonly<Record<LimitName, string>> = {
  tokens: 'tokens',
  depth: 'levels of selections',
  aliases: 'aliases and repeated fields',
  aliasLength: 'characters of an alias',
  directives: 'directives',
  fields: 'fields',
  fragments: 'fragments',
  spreads: 'uses of fragments',
  valueDepth: 'levels of lists and objects in an argument',
  cost: 'field values, as estimated,',
  introspectionDepth: 'levels of introspection',
};

/** The refusal of a document: which limit, how much it is, and how much the document has where that was counted. */
export function tooComplex(limit: LimitName, actual?: number): TriagedError {
  const maximum = LIMITS[limit];
  const has = actual === undefined ? 'more' : String(actual);
  return new TriagedError('QUERY_TOO_COMPLEX', `At most ${maximum} ${WHAT[limit]} are allowed; this has ${has}.`, {
    limit,
    maximum,
    ...(actual !== undefined && { actual }),
  });
}
