import { createHash } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSmallServer } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';
import { PersistedDocuments } from '../graphql/index.js';

const TEXT = 'query Who { whoami }';
const HASH = createHash('sha256').update(TEXT).digest('hex');

let small: SmallServer;
beforeAll(async () => {
  small = await startSmallServer({ persisted: new PersistedDocuments({ [`sha256:${HASH}`]: TEXT }) });
});
afterAll(() => small.close());

async function ask(body: object): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${small.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'viewer' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
}

const answer = { status: 200, json: { data: { whoami: 'acme VIEWER' } } };
const persistedQuery = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

describe('a persisted document', () => {
  it.each([
    ['as the working draft has it', { documentId: `sha256:${HASH}` }],
    ['as Apollo and urql do', persistedQuery(HASH)],
    ['with variables and a name', { documentId: `sha256:${HASH}`, variables: {}, operationName: 'Who' }],
  ])('is named by its hash: %s', async (_name, body) => {
    expect(await ask(body)).toEqual(answer);
  });

  it('that is not known is answered with what makes clients send the text, and not remembered', async () => {
    const text = '{ whoami }';
    const hash = createHash('sha256').update(text).digest('hex');
    const unknown = {
      status: 400,
      json: {
        errors: [
          expect.objectContaining({
            message: 'PersistedQueryNotFound',
            extensions: expect.objectContaining({ code: 'PERSISTED_QUERY_NOT_FOUND' }),
          }),
        ],
      },
    };
    expect(await ask(persistedQuery(hash))).toEqual(unknown);
    expect(await ask({ query: text, ...persistedQuery(hash) })).toEqual(answer);
    expect(await ask(persistedQuery(hash))).toEqual(unknown);
  });

  it.each([
    ['no hash', { documentId: 7 }],
    ['an empty one', { documentId: '' }],
    ['a name of every object', { documentId: '__proto__' }],
    ['another form', { extensions: { persistedQuery: HASH } }],
  ])('is not taken for one: %s', async (_name, body) => {
    expect(await ask(body)).toMatchObject({ status: 400 });
  });

  it('is every operation of schema/operations, under the SHA-256 of its text', async () => {
    const file = path.resolve(import.meta.dirname, '../../sdk/src/generated/persisted-documents.json');
    const documents = (await import(file, { with: { type: 'json' } })) as { default: Record<string, string> };
    const entries = Object.entries(documents.default);
    expect(entries.length).toBeGreaterThan(20);
    for (const [id, text] of entries) expect(id).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
    await expect(PersistedDocuments.read(file)).resolves.toBeDefined();
  });
});
