import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getOperationAST, parse } from 'graphql';
import { RawSocket } from '../../tests/testkit/raw-socket.js';
import { Piece, SECRET, smallSchema, startSmallServer } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';
import { SharedAnswers } from './shared-answers.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let small: SmallServer;
const sockets: RawSocket[] = [];
beforeAll(async () => {
  small = await startSmallServer();
});
beforeEach(() => {
  Piece.resolved = 0;
});
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});
afterAll(() => small.close());

async function connect(key = 'operator'): Promise<RawSocket> {
  const socket = new RawSocket(small.url);
  sockets.push(socket);
  return socket.connected(key);
}

/** The texts of all messages of one operation on a socket of its own. */
async function hear(query: string, id = '1', variables = {}): Promise<string[]> {
  const socket = await connect();
  socket.subscribe(query, id, variables);
  await socket.next('complete');
  return socket.texts.slice(1);
}

const SELECTIONS = {
  'all fields': 'subscription { p: FIELD { number text } }',
  'aliases and __typename': 'subscription { p: FIELD { z: text number a: __typename text } }',
  'a fragment': 'subscription { p: FIELD { ...f } } fragment f on Piece { text ... on Piece { n: number } }',
  'one of two operations': 'subscription A { p: FIELD { number } } query B { whoami }',
  'a field that fails': 'subscription { p: FIELD { number fault } }',
  'a literal argument': 'subscription { p: FIELD(last: 2) { text } }',
  'a directive without variables': 'subscription { p: FIELD { text @skip(if: true) number @include(if: true) } }',
} as const;

describe('subscriptions whose answers are shared', () => {
  it.each(Object.entries(SELECTIONS))('have the bytes that each would be sent alone: %s', async (_name, text) => {
    const shared = text.replace('FIELD', 'sharedPieces');
    const own = text.replace('FIELD', 'ownPieces   ');
    const ask = (query: string): Promise<string[]> => {
      const operationName = query.includes('subscription A') ? 'A' : undefined;
      return connect().then(async (socket) => {
        const payload = { query, ...(operationName && { operationName }) };
        socket.send({ type: 'subscribe', id: 'i"d', payload });
        await socket.next('complete');
        return socket.texts.slice(1);
      });
    };
    const [expected, ...received] = await Promise.all([ask(own), ask(shared), ask(shared), ask(shared)]);
    const comparable = (texts: string[]): string[] =>
      texts.map((message) => message.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'));
    expect(expected.length).toBeGreaterThan(2);
    for (const texts of received) expect(comparable(texts)).toEqual(comparable(expected));
    expect(expected.join()).not.toContain(SECRET);
  });

  it('are executed once for all who sent the same text, whatever their ids and arguments', async () => {
    const query = 'subscription ($last: Int) { sharedPieces(last: $last) { number text } }';
    const heard = await Promise.all(
      Array.from({ length: 50 }, (_, index) => hear(query, `id-${index}`, { last: 2 + (index % 2) })),
    );
    expect(Piece.resolved).toBe(3);
    heard.forEach((texts, index) => {
      expect(texts).toHaveLength(2 + (index % 2) + 1);
      texts.slice(0, -1).forEach((text, number) => {
        const { id, payload } = JSON.parse(text) as { id: string; payload: unknown };
        expect(id).toBe(`id-${index}`);
        expect(payload).toEqual({ data: { sharedPieces: { number, text: Piece.all[number]!.text } } });
      });
    });
  });

  it('are made again for whoever comes when they are no longer kept', async () => {
    const answers = new SharedAnswers();
    const schema = smallSchema();
    const document = parse('subscription { sharedPieces { text } }');
    const operation = getOperationAST(document)!;
    const contextValue = { actor: small.keys.get('operator') };
    const ask = (event: object) => answers.text(event, operation, { schema, document, contextValue });
    const events = Array.from({ length: 40 }, (_, number) =>
      Object.freeze(Object.assign(new Piece(), { number, text: 'x'.repeat(1024 ** 2) })),
    );
    for (const event of events) expect((await ask(event))!.length).toBeGreaterThan(1024 ** 2);
    expect(Piece.resolved).toBe(40);
    for (const event of events.slice(-20)) await ask(event);
    expect(Piece.resolved).toBe(40);
    for (const event of events.slice(0, 5)) await ask(event);
    expect(Piece.resolved).toBe(45);
  });

  it('keep answers without the documents of those who asked', async () => {
    const answers = new SharedAnswers();
    const schema = smallSchema();
    const contextValue = { actor: small.keys.get('operator') };
    const event = Object.freeze(Object.assign(new Piece(), { number: 1, text: 'short' }));
    const ask = async (): Promise<WeakRef<object>> => {
      const document = parse('subscription { sharedPieces { text } }');
      const operation = getOperationAST(document)!;
      expect(await answers.text(event, operation, { schema, document, contextValue })).toContain('short');
      return new WeakRef(operation);
    };
    const asked = [await ask(), await ask(), await ask()];
    // What was made or read through a WeakRef stays until the turn of the event loop has ended.
    await new Promise((resolve) => setTimeout(resolve, 10));
    collectGarbage();
    expect(asked.map((operation) => operation.deref())).toEqual([undefined, undefined, undefined]);
    expect(Piece.resolved).toBe(3);
  });

  it('are each their own when a variable decides what is selected', async () => {
    const query = 'subscription ($with: Boolean!) { sharedPieces(last: 1) { number text @include(if: $with) } }';
    const [withText, without] = await Promise.all([
      hear(query, '1', { with: true }),
      hear(query, '1', { with: false }),
    ]);
    expect(withText[0]).toContain('"text":"short"');
    expect(without[0]).toBe('{"id":"1","type":"next","payload":{"data":{"sharedPieces":{"number":0}}}}');
    expect(Piece.resolved).toBe(2);
  });

  it('ask for the role when they are subscribed to, also once their answers are there', async () => {
    await hear('subscription { sharedPieces { number } }');
    const viewer = await connect('viewer');
    viewer.subscribe('subscription { sharedPieces { number } }');
    expect(JSON.stringify(await viewer.next())).toContain('"error_code":"FORBIDDEN"');
    expect(viewer.texts.join()).not.toContain('"number"');
  });

  it('send no message after a Complete, and leave the id to whoever takes it next', async () => {
    const socket = await connect();
    socket.subscribe('subscription { sharedPieces { number text } }', 'same');
    await socket.next('next');
    socket.send({ type: 'complete', id: 'same' });
    socket.subscribe('{ whoami }', 'same');
    await socket.next('complete');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const at = socket.texts.findIndex((text) => text.includes('whoami'));
    expect(at).toBeGreaterThan(0);
    expect(socket.texts.slice(at + 1)).toEqual(['{"id":"same","type":"complete"}']);
  });
});
