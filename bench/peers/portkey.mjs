// Portkey's gateway as its package starts it, on a free port.
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
process.argv.push(`--port=${port}`, '--headless');
// What it says of itself must not be taken for the line that tells the port.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
await import('@portkey-ai/gateway/build/start-server.js');
while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))) await delay(20);
write(`${JSON.stringify({ port })}\n`);
process.stdin.resume().on('end', () => process.exit());
