import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { AbuseClient, times } from '../testkit/abuse-client.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';

let server: TenantsServer;
let client: AbuseClient;
beforeAll(async () => {
  server = await startTenantsServer({ tenants: ['acme'], environment: { RATE_LIMIT_REQUESTS: '1000000' } });
  client = new AbuseClient(server);
}, 60_000);
afterAll(() => server.close());

/** The twelve checks that graphql-cop lists, each as what a good answer to it is. */
describe("graphql-cop's checks find nothing", () => {
  const noKey = { 'x-api-key': '' };
  it.each<[string, () => Promise<unknown>]>([
    [
      'Alias Overloading',
      async () =>
        expect((await client.post({ query: `{ ${times(101, (i) => `alias${i}: __typename`)} }` })).status).toBe(400),
    ],
    [
      'Batch Queries',
      async () =>
        expect((await client.post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })))).status).toBe(400),
    ],
    [
      'GET based Queries',
      async () =>
        expect(
          (
            await client.send(
              { method: 'GET', headers: { 'x-api-key': server.key('acme', 'ADMIN') } },
              '/graphql?query=%7B__typename%7D',
            )
          ).text,
        ).not.toContain('"data"'),
    ],
    [
      'POST based Queries using urlencoded payloads',
      async () =>
        expect(
          (
            await client.send({
              headers: client.headers({ 'content-type': 'application/x-www-form-urlencoded' }),
              body: 'query=%7B__typename%7D',
            })
          ).text,
        ).not.toContain('"data"'),
    ],
    [
      'Tracing and debug modes',
      async () =>
        expect((await client.post({ query: '{ __typename }' }, { 'apollo-tracing': '1' })).text).toBe(
          '{"data":{"__typename":"Query"}}\n',
        ),
    ],
    [
      'Field Duplication',
      async () => expect((await client.post({ query: `{ ${'__typename '.repeat(500)} }` })).status).toBe(400),
    ],
    [
      'Field Suggestions',
      async () => expect((await client.post({ query: '{ tol { id } }' }, noKey)).text).not.toContain('Did you mean'),
    ],
    [
      'GraphiQL on the API without a key',
      async () => expect((await client.send({ method: 'GET', headers: { accept: 'text/html' } })).status).toBe(401),
    ],
    [
      'Introspection without a key',
      async () => expect((await client.post({ query: getIntrospectionQuery() }, noKey)).text).not.toContain('__schema'),
    ],
    [
      'Directives Overloading',
      async () =>
        expect(
          (await client.post({ query: `{ __typename ${'@aa'.repeat(10)} }` })).text.match(/"message"/g)?.length,
        ).toBeLessThan(10),
    ],
    [
      'Circular Query using Introspection',
      async () =>
        expect(
          (
            await client.post({
              query:
                '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
            })
          ).status,
        ).toBe(400),
    ],
    [
      'Mutation support over GET methods',
      async () =>
        expect(
          (
            await client.send(
              { method: 'GET', headers: client.headers({ 'apollo-require-preflight': '1' }) },
              '/graphql?query=mutation%7B__typename%7D',
            )
          ).status,
        ).toBe(405),
    ],
  ])('%s', async (_name, check) => {
    await check();
  });
});
