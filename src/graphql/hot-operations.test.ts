import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, GraphQLError, parse } from 'graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { TriagedError } from '../kernel/errors.js';
import { selectedFields } from '../kernel/selection.js';
import { HotOperations } from './hot-operations.js';
import type { Operation } from './hot-operations.js';

const schema = buildSchema(`
  type Query {
    items(limit: Int! = 2, filter: Filter): [Item!]!
    refused: Item
    broken: Item!
    selected: String!
    deep(by: Deep): Int
    caller: String
  }
  input Filter { name: String }
  input Deep { inner: Inner }
  input Inner { how: Int! = 7 what: String }
  type Item { id: ID! name: String! also: Item count: Int! }
  type Mutation { change: Int }
`);
interface Args {
  readonly limit: number;
  readonly by?: { readonly inner: { readonly how: number } };
}
let changes = 0;
const item = (id: number) => ({ id, name: `item ${id}`, also: { id: -id, name: 'other', count: 'not a number' } });
const resolvers: Record<string, (args: Args, context: string, info: GraphQLResolveInfo) => unknown> = {
  items: async ({ limit }) => Array.from({ length: limit }, (_, index) => item(index + 1)),
  refused: () => Promise.reject(new TriagedError('FORBIDDEN', 'It belongs to another tenant.', { id: 'x' })),
  broken: () => {
    throw new Error('a bug');
  },
  selected: (_args, _context, info) => [...selectedFields(info)].join(),
  caller: (_args, context) => context,
  change: () => (changes += 1),
  deep: ({ by }) => by?.inner.how,
};
for (const type of [schema.getQueryType()!, schema.getMutationType()!]) {
  for (const field of Object.values(type.getFields())) {
    field.resolve = (_source, args, context, info) => resolvers[field.name]!(args as Args, context as string, info);
  }
}

const HOT_AT_ONCE = { uses: 1, compiled: 10, intervalMs: 0 };
const answer = (hot: HotOperations, operation: Omit<Operation, 'isPersisted'>, context: string) =>
  hot.find({ ...operation, isPersisted: false })?.(context);
const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('HotOperations', () => {
  it.each([
    ['a list', '{ items { id name also { id } } }', {}],
    ['variables', 'query ($n: Int!, $f: Filter) { items(limit: $n, filter: $f) { name } }', { n: 3, f: { name: 'a' } }],
    ['a default that is overridden', 'query ($n: Int! = 1) { items(limit: $n) { id } }', { n: 3 }],
    [
      'fragments and aliases',
      '{ a: items { ...F } b: items(limit: 1) { ... on Item { id } } } fragment F on Item { name }',
      {},
    ],
    [
      'what is left out',
      'query ($no: Boolean!) { items { id name @include(if: $no) also @skip(if: $no) { id } } }',
      { no: false },
    ],
    ['the context', '{ caller }', {}],
    ['introspection', '{ __schema { queryType { name } } __typename items { __typename } }', {}],
    ['a refusal below partial data', '{ refused { id } items { id } }', {}],
    ['a bug, which nulls everything', '{ broken { id } items { id } }', {}],
    ['a value that does not fit its type', '{ items { also { count } } }', {}],
  ])('answers as graphql-js does: %s', async (_name, text, variables) => {
    const document = parse(text);
    const expected = await execute({ schema, document, variableValues: variables, contextValue: 'caller' });
    const hot = new HotOperations(schema, HOT_AT_ONCE);
    const result = await answer(hot, { document, operationName: undefined, variables }, 'caller');
    expect(toJson(result)).toEqual(toJson(expected));
    expect(result?.errors?.every((error) => error instanceof GraphQLError)).not.toBe(false);
  });

  it.each([
    ['an alias __proto__', '{ __proto__: caller }', {}],
    [
      'a required field of an input that is left to its default',
      'query ($by: Deep) { deep(by: $by) }',
      { by: { inner: {} } },
    ],
  ])('leaves to graphql-js what graphql-jit answers otherwise: %s', (_name, text, variables) => {
    const hot = new HotOperations(schema, HOT_AT_ONCE);
    const operation = { document: parse(text), operationName: undefined, variables };
    for (const isPersisted of [false, true]) expect(hot.find({ ...operation, isPersisted })).toBeUndefined();
  });

  it('keeps the error that was thrown, so that its code reaches the client', async () => {
    const hot = new HotOperations(schema, HOT_AT_ONCE);
    const result = await answer(hot, { document: parse('{ refused { id } }'), operationName: null, variables: {} }, '');
    expect(result?.errors?.[0]).toBeInstanceOf(GraphQLError);
    expect(result?.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN', details: { id: 'x' } });
  });

  it('tells resolvers what is selected', async () => {
    const document = parse(
      'query ($yes: Boolean!) { items { ...F } selected } fragment F on Item { id also @skip(if: $yes) { id } }',
    );
    let seen: string[] = [];
    const original = resolvers.items!;
    resolvers.items = (args, context, info) => {
      seen = [...selectedFields(info)];
      return original(args, context, info);
    };
    await answer(
      new HotOperations(schema, HOT_AT_ONCE),
      { document, operationName: null, variables: { yes: true } },
      '',
    );
    resolvers.items = original;
    expect(seen).toEqual(['id']);
  });

  it('leaves variables that are not valid, or have to be filled in, to graphql-js', async () => {
    const hot = new HotOperations(schema, HOT_AT_ONCE);
    const document = parse('query ($n: Int!) { items(limit: $n) { id } }');
    const ask = (n: unknown) => answer(hot, { document, operationName: null, variables: { n } }, '');
    expect([await ask('many'), await ask(undefined)]).toEqual([undefined, undefined]);
    expect(await ask(1)).toMatchObject({ data: { items: [{ id: '1' }] } });
    const withDefault = parse('query ($n: Int! = 1) { items(limit: $n) { id } }');
    expect(await answer(hot, { document: withDefault, operationName: null, variables: {} }, '')).toBeUndefined();
  });

  it.each([
    'query ($x: Boolean!) { a: items { ...F @include(if: $x) id } b: items { ...F id } } fragment F on Item { name }',
    'query ($x: Boolean!) { items { id ...F @include(if: $x) ...F } } fragment F on Item { name }',
    'query ($x: Boolean!) { items { id ... on Item @skip(if: $x) { name } } }',
  ])('leaves conditional fragments to graphql-js, each time: %s', async (text) => {
    const hot = new HotOperations(schema, HOT_AT_ONCE);
    const document = parse(text);
    const ask = () => answer(hot, { document, operationName: null, variables: { x: false } }, '');
    expect([await ask(), await ask()]).toEqual([undefined, undefined]);
  });

  it('leaves a null to graphql-js, which says what is wrong with it', async () => {
    const hot = new HotOperations(schema, HOT_AT_ONCE);
    const document = parse('query ($n: Int = 1) { items(limit: $n) { id } }');
    expect(await answer(hot, { document, operationName: null, variables: { n: null } }, '')).toBeUndefined();
  });

  it('leaves mutations and unknown operations to graphql-js', async () => {
    const hot = new HotOperations(schema, HOT_AT_ONCE);
    const document = parse('mutation A { change } query B { caller }');
    expect(await answer(hot, { document, operationName: 'A', variables: {} }, '')).toBeUndefined();
    expect(await answer(hot, { document, operationName: 'C', variables: {} }, '')).toBeUndefined();
    expect(await answer(hot, { document, operationName: 'B', variables: {} }, 'me')).toEqual({
      data: { caller: 'me' },
    });
    expect(changes).toBe(0);
  });

  it('compiles what was used often, so many at most, one at a time', async () => {
    const hot = new HotOperations(schema, { uses: 3, compiled: 2, intervalMs: 0 });
    const documents = ['a', 'b', 'c'].map((alias) => parse(`{ ${alias}: caller }`));
    const isHot = async (document = documents[0]!) =>
      (await answer(hot, { document, operationName: null, variables: {} }, 'me')) !== undefined;
    expect([await isHot(), await isHot(), await isHot(), await isHot()]).toEqual([false, false, true, true]);
    for (const document of documents.slice(1)) for (let use = 0; use < 3; use += 1) await isHot(document);
    // It was used longest ago and made room; being used as often as before, it comes back.
    expect([await isHot(documents[2]), await isHot(documents[1]), await isHot()]).toEqual([true, true, true]);

    const slow = new HotOperations(schema, { uses: 1, compiled: 10, intervalMs: 60_000 });
    const ask = (document: (typeof documents)[0]) =>
      answer(slow, { document, operationName: null, variables: {} }, 'me');
    expect(await ask(documents[0]!)).toEqual({ data: { a: 'me' } });
    expect(await ask(documents[1]!)).toBeUndefined();
  });

  it('compiles a persisted document at its first use and keeps it, whatever else is hot', async () => {
    const hot = new HotOperations(schema, { uses: 1, compiled: 1, intervalMs: 60_000 });
    const [persisted, ...others] = ['a', 'b', 'c'].map((alias) => parse(`{ ${alias}: caller }`));
    const ask = () => hot.find({ document: persisted!, operationName: null, variables: {}, isPersisted: true })?.('me');
    expect(await answer(hot, { document: others[0]!, operationName: null, variables: {} }, 'me')).toBeDefined();
    expect(await ask()).toEqual({ data: { a: 'me' } });
    expect(await answer(hot, { document: others[1]!, operationName: null, variables: {} }, 'me')).toBeUndefined();
    expect(await ask()).toEqual({ data: { a: 'me' } });
  });
});
