import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, Kind, OperationTypeNode, parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { answerBounds } from '../../src/graphql/answer-bounds.js';
import { DocumentPreparer } from '../../src/graphql/document-preparer.js';
import { assertAffordable } from '../../src/graphql/operation-complexity.js';
import { printedSchema } from '../../src/print-schema.js';
import { AbuseClient, times } from '../testkit/abuse-client.js';
import { createAgent, createTool } from '../testkit/platform.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';

let server: TenantsServer;
let client: AbuseClient;
beforeAll(async () => {
  server = await startTenantsServer({ tenants: ['acme'], environment: { RATE_LIMIT_REQUESTS: '1000000' } });
  client = new AbuseClient(server);
}, 60_000);
afterAll(() => server.close());

const everything = 'agents(limit: 100) { items { id name role description tools { id name description } } }';
const descriptions = (count: number): string =>
  `{ ${times(count, (i) => `a${i}: agents(limit: 100) { items { tools { description } } }`)} }`;
const LONG_ALIAS = 'a'.repeat(101);

/** Documents, what refuses them, and which limit it names. All are small enough for a socket's message. */
const DOCUMENTS: readonly (readonly [name: string, query: string, code: string, limit: string | undefined])[] = [
  [
    'deep nesting',
    `${'{ agents { items { tools '.repeat(6)} { id } ${'} } }'.repeat(6)}`,
    'QUERY_TOO_COMPLEX',
    'depth',
  ],
  [
    'deep nesting through fragments',
    `{ ...f0 } ${times(15, (i) => `fragment f${i} on Query { agents { ...f${i + 1} } }`)} fragment f15 on Query { agents { nextCursor } }`,
    'QUERY_TOO_COMPLEX',
    'depth',
  ],
  [
    'nesting that would exhaust the stack',
    `{ tool(id: ${'['.repeat(1990)}${']'.repeat(1990)}) { id } }`,
    'QUERY_TOO_COMPLEX',
    'valueDepth',
  ],
  [
    'nested lists in a value',
    `{ tool(id: ${'['.repeat(20)}${']'.repeat(20)}) { id } }`,
    'QUERY_TOO_COMPLEX',
    'valueDepth',
  ],
  [
    'nested objects in a default',
    `query ($a: String = ${'{a:'.repeat(20)}1${'}'.repeat(20)}) { __typename }`,
    'QUERY_TOO_COMPLEX',
    'valueDepth',
  ],
  ['1,000 aliases', `{ ${times(1000, (i) => `a${i}: __typename`)} }`, 'QUERY_TOO_COMPLEX', 'aliases'],
  ['31 aliases of __typename', `{ ${times(31, (i) => `a${i}: __typename`)} }`, 'QUERY_TOO_COMPLEX', 'aliases'],
  [
    'aliases parted over fragments',
    `{ ...a ...b } fragment a on Query { ${times(16, (i) => `a${i}: __typename`)} } fragment b on Query { ${times(16, (i) => `b${i}: __typename`)} }`,
    'QUERY_TOO_COMPLEX',
    'aliases',
  ],
  ['a field selected 500 times', `{ ${'__typename '.repeat(500)} }`, 'QUERY_TOO_COMPLEX', 'aliases'],
  ['overloaded directives', `{ __typename ${'@include(if: true) '.repeat(21)} }`, 'QUERY_TOO_COMPLEX', 'directives'],
  ['unknown directives in number', `{ __typename ${'@aa'.repeat(1000)} }`, 'QUERY_TOO_COMPLEX', 'directives'],
  ['501 fields', `{ ${times(501, (i) => `f${i}`)} }`, 'QUERY_TOO_COMPLEX', 'fields'],
  [
    '51 fragments',
    `{ ...f0 } ${times(51, (i) => `fragment f${i} on Query { __typename }`)}`,
    'QUERY_TOO_COMPLEX',
    'fragments',
  ],
  [
    'a fragment spread 101 times',
    `{ ${'...f '.repeat(101)} } fragment f on Query { __typename }`,
    'QUERY_TOO_COMPLEX',
    'spreads',
  ],
  [
    'fragments that double',
    `{ ...f0 } ${times(49, (i) => `fragment f${i} on Query { ${i < 48 ? `...f${i + 1} ...f${i + 1}` : '__typename'} }`)}`,
    'QUERY_TOO_COMPLEX',
    'cost',
  ],
  [
    'circular fragments',
    '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    'BAD_REQUEST',
    undefined,
  ],
  [
    'a circular fragment that fans out',
    `{ agent(id: "x") { ...f0 } } ${times(45, (i) => `fragment f${i} on Agent { id tools { id } ...f${(i + 1) % 45} ...f${(i + 7) % 45} }`)}`,
    'BAD_REQUEST',
    undefined,
  ],
  ['descriptions of tools of agents, 13 times', descriptions(13), 'QUERY_TOO_COMPLEX', 'cost'],
  [
    'long texts, as often as aliases allow',
    `{ ${times(30, (i) => `a${i}: executions(limit: 100) { items { systemPrompt } }`)} }`,
    'QUERY_TOO_COMPLEX',
    'cost',
  ],
  [
    'an alias of 101 characters, for each item of a list',
    `{ agents(limit: 100) { items { tools { ${LONG_ALIAS}: id } } } }`,
    'QUERY_TOO_COMPLEX',
    'aliasLength',
  ],
  ['too many tokens', `{ ${'a '.repeat(4000)} }`, 'QUERY_TOO_COMPLEX', 'tokens'],
  ['900 operations', times(900, (i) => `query q${i} { __typename }`), 'QUERY_TOO_COMPLEX', 'tokens'],
  ['lists of lists, many times', `{ ${times(5, (i) => `a${i}: ${everything}`)} }`, 'QUERY_TOO_COMPLEX', 'cost'],
  [
    'introspection three times',
    `{ ${times(3, (i) => `a${i}: __schema { queryType { name } }`)} }`,
    'QUERY_TOO_COMPLEX',
    'cost',
  ],
  [
    'circular introspection',
    `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
    'QUERY_TOO_COMPLEX',
    'introspectionDepth',
  ],
  ['500 misspelt fields', `{ ${times(490, (i) => `toolz${i}`)} }`, 'BAD_REQUEST', undefined],
  ['unicode garbage', '\u0000\uFFFF{\u202E𝕬\uD800 ', 'BAD_REQUEST', undefined],
  ['a document of braces', '{'.repeat(3000), 'BAD_REQUEST', undefined],
  ['no operation', 'fragment f on Query { __typename }', 'BAD_REQUEST', undefined],
  ['a schema instead of an operation', 'type Query { a: Int }', 'BAD_REQUEST', undefined],
];

describe('an abuse of documents', () => {
  it.each(DOCUMENTS)('is refused over HTTP: %s', async (_name, query, code, limit) => {
    const answer = await client.post({ query });
    expect([answer.status, answer.code, answer.details.limit]).toEqual([400, code, limit]);
    if (limit) expect(answer.details.maximum).toBeGreaterThan(0);
    expect(answer.text.length).toBeLessThan(5_000);
  });

  it.each(DOCUMENTS)('is refused over sockets: %s', async (_name, query, code, limit) => {
    const { errors } = await client.overSocket({ query });
    expect([errors?.[0]?.code, errors?.[0]?.details.limit]).toEqual([code, limit]);
    expect(errors?.length).toBeLessThanOrEqual(5);
  });

  it('says by how much a document is too large', async () => {
    const { details } = await client.post({ query: `{ ${times(40, (i) => `a${i}: __typename`)} }` });
    expect(details).toEqual({ limit: 'aliases', maximum: 30, actual: 40 });
  });

  it('multiplies lists by their limit, given as a variable too', async () => {
    const query = `query ($limit: Int) { ${times(20, (i) => `a${i}: agents(limit: $limit) { items { id name role tools { id } } }`)} }`;
    expect((await client.post({ query, variables: { limit: 10 } })).status).toBe(200);
    const refused = await client.post({ query, variables: { limit: 100 } });
    expect([refused.code, refused.details.limit]).toEqual(['QUERY_TOO_COMPLEX', 'cost']);
    expect((await client.overSocket({ query, variables: { limit: 100 } })).errors?.[0]?.code).toBe('QUERY_TOO_COMPLEX');
  });
});

describe('the largest answers that are let through', () => {
  /** Four bytes each as UTF-8, which is the most that a character takes. */
  const LONGEST = '\u{1F9ED}'.repeat(1_000);
  const MAX_BYTES = 40_000_000;
  const largest = descriptions(3);

  beforeAll(async () => {
    const operator = server.client('acme');
    const toolIds: string[] = [];
    for (let i = 0; i < 25; i += 1) toolIds.push((await createTool(operator, `tool ${i}`, LONGEST)).id);
    for (let i = 0; i < 100; i += 1) await createAgent(operator, `agent ${i}`, toolIds);
  }, 60_000);

  it('hold no more than is promised, over HTTP', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: client.headers(),
      body: JSON.stringify({ query: largest }),
    });
    expect(response.status).toBe(200);
    const { byteLength } = await response.arrayBuffer();
    expect(byteLength).toBeGreaterThan(3 * 100 * 25 * 4_000);
    expect(byteLength).toBeLessThan(MAX_BYTES);
  });

  it('hold no more than is promised, over sockets', async () => {
    const { data } = await client.overSocket({ query: largest }, 15_000);
    const bytes = Buffer.byteLength(JSON.stringify(data));
    expect(bytes).toBeGreaterThan(3 * 100 * 25 * 4_000);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });
});

describe('what is no abuse passes', () => {
  const preparer = new DocumentPreparer(buildSchema(printedSchema()));
  const folder = path.resolve(import.meta.dirname, '../../schema/operations');
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));

  it.each(files)('every operation of the SDK in %s', (file) => {
    expect(preparer.prepare(readFileSync(path.join(folder, file), 'utf8'))).toHaveProperty('document');
  });

  const schema = buildSchema(printedSchema());
  const served = { schema, bounds: answerBounds(loadConfig({}).platform) };
  const queries = files
    .flatMap((name) => parse(readFileSync(path.join(folder, name), 'utf8')).definitions)
    .filter((node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.QUERY);
  const documents = parse(files.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n'));

  it.each(queries.map((node) => [(node as OperationDefinitionNode).name!.value, node] as const))(
    'the largest page of the query %s of the SDK',
    (_name, node) => {
      expect(() => assertAffordable(served, documents, node as OperationDefinitionNode, { limit: 100 })).not.toThrow();
    },
  );

  it("GraphiQL's introspection, over both transports", async () => {
    const query = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    expect((await client.post({ query })).text).toContain('"types"');
    expect((await client.overSocket({ query })).data).toHaveProperty('__schema');
  });

  it.each([
    `agents(limit: 100) { totalCount nextCursor items { id name role description createdAt updatedAt
      tools { id name description createdAt updatedAt } } }`,
    'executions(limit: 100) { totalCount items { id agentId agentName prompt systemPrompt model response warnings createdAt } }',
    'tools(limit: 100) { totalCount nextCursor items { id name description createdAt updatedAt } }',
  ])('the largest page of a list, with all its fields: %s', async (list) => {
    expect((await client.post({ query: `{ ${list} }` })).status).toBe(200);
  });
});
