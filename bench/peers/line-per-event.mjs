// Live output as it is usually made: an event for each line, pushed to a queue for each subscriber of graphql-ws, executed and
// serialised for each. POST /go?lines=N publishes N numbered lines. The product's own graphql-ws, ws and graphql.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';

const product = createRequire(new URL('../../package.json', import.meta.url));
const { buildSchema } = product('graphql');
const { useServer } = product('graphql-ws/use/ws');
const { WebSocketServer } = product('ws');

const LINE_BYTES = 100;
/** What a queue may hold before the publisher waits: without it, the queues would be all there is to measure. */
const MOST_WAITING = 1000;

class Queue {
  #events = [];
  #wake;
  #isOver = false;
  push(event) {
    this.#events.push(event);
    this.#wake?.();
  }
  get waiting() {
    return this.#events.length;
  }
  [Symbol.asyncIterator]() {
    return this;
  }
  async next() {
    while (this.#events.length === 0 && !this.#isOver) await new Promise((resolve) => (this.#wake = resolve));
    return this.#isOver ? { done: true, value: undefined } : { done: false, value: this.#events.shift() };
  }
  async return() {
    this.#isOver = true;
    queues.delete(this);
    this.#wake?.();
    return { done: true, value: undefined };
  }
  async throw(error) {
    await this.return();
    throw error;
  }
}

const queues = new Set();
const schema = buildSchema(`
  type Query { nothing: String }
  type Line { offset: Int! nextOffset: Int! data: String! }
  type Subscription { triageOutput(runId: ID!): Line! }`);
schema.getSubscriptionType().getFields().triageOutput.subscribe = () => {
  const queue = new Queue();
  queues.add(queue);
  return queue;
};

async function publish(lines) {
  for (let line = 0; line < lines; line += 1) {
    const data = `line ${line} `.padEnd(LINE_BYTES - 1, '.') + '\n';
    const event = { triageOutput: { offset: line * LINE_BYTES, nextOffset: (line + 1) * LINE_BYTES, data } };
    for (const queue of queues) queue.push(event);
    if (line % 10 === 9) await setImmediate();
    while ([...queues].some((queue) => queue.waiting > MOST_WAITING)) await setImmediate();
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://peer');
  if (url.pathname === '/subscribers') return response.end(String(queues.size));
  void publish(Number(url.searchParams.get('lines')));
  return response.writeHead(204).end();
});
useServer({ schema }, new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false }));
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.resume().on('end', () => process.exit());
