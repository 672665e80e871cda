#!/usr/bin/env node
// Stands in for the CLI: asks the model once, prints what the incident's `fakeAgent` asks for, leaves a report, and the
// digest of all it printed in $OUTPUT/digest.json, and ends with the CLI's terminal event and no newline. Each part can be
// left out or replaced, for agents that lie about how they ended.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { fakeAgent = {} } = JSON.parse(readFileSync(`${process.env.WORKSPACE}/incident.json`, 'utf8'));
const {
  bytes = 0,
  lines = 0,
  lineBytes = 100,
  linesPerSecond = 1000,
  exitCode = 0,
  ignoreTerm = false,
  hangSeconds = 0,
  modelCalls = 1,
  // The terminal event as text; null: none.
  terminalEvent = JSON.stringify({
    type: 'result',
    subtype: exitCode === 0 ? 'success' : 'error',
    is_error: exitCode !== 0,
    result: 'done',
    usage: { input_tokens: 1, output_tokens: 1 },
  }),
  hangAfterSeconds = 0,
  // report.json as text; null: none.
  report = JSON.stringify({
    schemaVersion: 1,
    outcome: 'UNDETERMINED',
    summary: 'A fake agent looked at nothing.',
    missing: ['An agent.'],
  }),
  // Run by the shell in the output folder.
  leave = '',
} = fakeAgent;

const digest = createHash('sha256');
let printed = 0;

async function print(data) {
  const piece = Buffer.from(data);
  digest.update(piece);
  printed += piece.length;
  if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}

async function askModel() {
  const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY } = process.env;
  await fetch(`${ANTHROPIC_BASE_URL}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': ANTHROPIC_API_KEY, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 16, messages: [{ role: 'user', content: 'Say something.' }] }),
  }).then((answer) => answer.text());
}

if (ignoreTerm) process.on('SIGTERM', () => undefined);

// Awkward on purpose: lines of up to 10 MB, characters of four bytes cut by the pieces, NUL, invalid UTF-8.
const awkward = Buffer.concat([
  Buffer.from('naïve 🦉 \u0000 \u001b[31mred\u001b[0m '),
  Buffer.from([0xff, 0xfe, 0xc3]),
]);
let nextNewline = 10_000_000;
while (printed < bytes) {
  const size = 1 + (randomBytes(2).readUInt16LE() % 60_000);
  const noise = Buffer.from(
    randomBytes(Math.ceil(size / 2))
      .toString('hex')
      .slice(0, size),
  );
  const piece = Buffer.concat([
    noise,
    awkward.subarray(0, 1 + (size % awkward.length)),
    printed > nextNewline ? Buffer.from('\n') : Buffer.alloc(0),
  ]);
  if (printed > nextNewline) nextNewline += 1 + ((size * 97) % 10_000_000);
  await print(piece.subarray(0, Math.min(piece.length, bytes - printed)));
}

const perTick = Math.max(1, Math.round(linesPerSecond / 100));
for (let line = 0; line < lines; line += perTick) {
  let text = '';
  for (let n = line; n < Math.min(lines, line + perTick); n += 1)
    text += `${String(n).padStart(9, '0')} ${'x'.repeat(Math.max(0, lineBytes - 11))}\n`;
  await print(text);
  await sleep((1000 * perTick) / linesPerSecond);
}
if (hangSeconds > 0) await sleep(hangSeconds * 1000);

for (let call = 0; call < modelCalls; call += 1) {
  await askModel();
  const message = { content: [{ type: 'text', text: 'I have looked.' }] };
  await print(`\n${JSON.stringify({ type: 'assistant', message })}`);
}
if (report !== null) writeFileSync(`${process.env.OUTPUT}/report.json`, report);
if (leave !== '') execFileSync('sh', ['-c', leave], { cwd: process.env.OUTPUT, stdio: 'inherit' });
if (terminalEvent !== null) await print(`\n${terminalEvent}`);
writeFileSync(`${process.env.OUTPUT}/digest.json`, JSON.stringify({ bytes: printed, sha256: digest.digest('hex') }));
if (hangAfterSeconds > 0) await sleep(hangAfterSeconds * 1000);
process.exitCode = exitCode;
