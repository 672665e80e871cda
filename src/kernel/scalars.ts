import { GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSONObject } from 'graphql-scalars';
import { badUserInput } from './errors.js';

/** An instant, as RFC 3339 text. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'An instant as RFC 3339 text in UTC, with milliseconds: `2026-11-20T19:00:00.000Z`.',
});

/** An object whose fields are checked elsewhere. */
export const JSONObject = new GraphQLScalarType({
  ...GraphQLJSONObject.toConfig(),
  name: 'JSONObject',
  description: 'A JSON object.',
  specifiedByURL: null,
});

const byteOffset = (value: unknown): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badUserInput('ByteOffset', 'A ByteOffset is a whole number from 0 to 9007199254740991.');
};

/** A count of bytes, or a position counted in bytes from the beginning; larger than Int, safe to 2^53. */
export const ByteOffset = new GraphQLScalarType<number, number>({
  name: 'ByteOffset',
  description:
    'A number of bytes, or a position counted in bytes from the beginning: a whole number from 0 to 2^53 - 1.',
  serialize: byteOffset,
  parseValue: byteOffset,
  parseLiteral: (node) => byteOffset(node.kind === Kind.INT ? Number(node.value) : undefined),
});
