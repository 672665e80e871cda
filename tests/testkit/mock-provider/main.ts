import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { startModelServer } from '../model-server.js';
import { CALL_TAG, type ProviderBooks } from './books.js';

// The mock provider as a process of its own. Prints, as one line of JSON, where the providers' APIs are and where its books
// are read (GET), apart from each other so that no call can be taken for the other. Ends with its standard input, thus with
// whoever started it.
const timesReceived = new Map<string, number>();
const { url, books } = await startModelServer({
  host: '127.0.0.1',
  timing: { pieceIntervalMs: 2, slowPieceIntervalMs: 250 },
  onCall: ({ headers }) => {
    const tag = headers[CALL_TAG];
    if (tag !== undefined) timesReceived.set(tag, (timesReceived.get(tag) ?? 0) + 1);
  },
});

const control = createServer((_request, response) => {
  const told: ProviderBooks = { lines: books.lines, timesReceived: Object.fromEntries(timesReceived) };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(told));
}).listen(0, '127.0.0.1');
await once(control, 'listening');
const booksUrl = `http://127.0.0.1:${(control.address() as AddressInfo).port}/`;
process.stdout.write(`${JSON.stringify({ url, booksUrl })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
