#!/usr/bin/env node
// Stands in for the CLI: asks the model, prints what the incident's `fakeAgent` asks for, leaves a report, and the digest of
// all it printed in $OUTPUT/digest.json, and ends with the CLI's terminal event and no newline. Each part can be left out or
// replaced, for agents that lie about how they ended.
import { execFileSync, spawn } from 'node:child_process';
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
  // After what was printed.
  modelCalls = 1,
  // Models to ask one after the other while the lines are printed, each once it was answered; see callAlong.
  callsAlong = [],
  // What it does in the middle of its lines: `memory` takes all there is, `forks` as many processes as there may be.
  halfway = null,
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
const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY, OUTPUT, RUN_ID } = process.env;

const digest = createHash('sha256');
let printed = 0;

async function print(data) {
  const piece = Buffer.from(data);
  digest.update(piece);
  printed += piece.length;
  if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}

function askModel({ model = 'sonnet', tag, patienceMs } = {}) {
  return fetch(`${ANTHROPIC_BASE_URL}/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': ANTHROPIC_API_KEY,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
      ...(tag && { 'x-call-tag': tag }),
    },
    body: JSON.stringify({ model, max_tokens: 16, messages: [{ role: 'user', content: 'Say something.' }] }),
    ...(patienceMs && { signal: AbortSignal.timeout(patienceMs) }),
  });
}

const tried = [];
const CALL_PATIENCE_MS = 20_000;
const HANG_PATIENCE_MS = 3_000;

/** One call as a CLI makes it: again while the gateway is away, each time with a tag of its own. */
async function callAlong(model, n) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const call = { tag: `${RUN_ID}-${n}-${attempt}`, model, became: 'broken', error: null };
    tried.push(call);
    const patienceMs = model.endsWith('hang') ? HANG_PATIENCE_MS : CALL_PATIENCE_MS;
    try {
      const answer = await askModel({ model, tag: call.tag, patienceMs });
      const text = await answer.text();
      call.became = String(answer.status);
      if (answer.status !== 200) call.error = JSON.parse(text).error?.type ?? null;
    } catch (error) {
      call.error = error.name;
    }
    const isMeant = /-(cut|hang)$/.test(model) && call.became === 'broken';
    if (isMeant || !['broken', '502', '503'].includes(call.became)) return;
    await sleep(500);
  }
}

async function callAllAlong(seconds) {
  for (const [n, model] of callsAlong.entries()) {
    await callAlong(model, n);
    await sleep((1000 * seconds) / (callsAlong.length + 1));
  }
}

const HALFWAY = {
  async memory() {
    for (const taken = []; ; await sleep(1)) taken.push(Buffer.alloc(16 * 1024 * 1024, 1));
  },
  async forks() {
    const children = [];
    const spawned = async () => {
      const child = spawn('sleep', ['300'], { stdio: 'ignore' });
      await once(child, 'spawn');
      children.push(child);
    };
    let refusal = null;
    while (refusal === null && children.length < 10_000) await spawned().catch((error) => (refusal = error.code));
    for (const child of children) child.kill('SIGKILL');
    writeFileSync(`${OUTPUT}/forks.json`, JSON.stringify({ processes: children.length, refusal }));
  },
};

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

/** Each line has its number, and is filled up with the run's id: what is lost, doubled or another run's can be told. */
async function printLines() {
  const filler = `${RUN_ID} `.repeat(Math.ceil(lineBytes / 37)).slice(0, Math.max(0, lineBytes - 11));
  const perTick = Math.max(1, Math.round(linesPerSecond / 100));
  const began = Date.now();
  let isToCome = halfway !== null;
  for (let line = 0; line < lines; line += perTick) {
    if (isToCome && line >= lines / 2) {
      isToCome = false;
      await HALFWAY[halfway]();
    }
    let text = '';
    for (let n = line; n < Math.min(lines, line + perTick); n += 1) text += `${String(n).padStart(9, '0')} ${filler}\n`;
    await print(text);
    await sleep(Math.max(0, began + (1000 * (line + perTick)) / linesPerSecond - Date.now()));
  }
}

await Promise.all([printLines(), callAllAlong(lines / linesPerSecond)]);
if (callsAlong.length > 0) writeFileSync(`${OUTPUT}/calls.json`, JSON.stringify(tried));
if (hangSeconds > 0) await sleep(hangSeconds * 1000);

for (let call = 0; call < modelCalls; call += 1) {
  const answer = await askModel();
  await answer.text();
  const message = { content: [{ type: 'text', text: 'I have looked.' }] };
  await print(`\n${JSON.stringify({ type: 'assistant', message })}`);
}
if (report !== null) writeFileSync(`${OUTPUT}/report.json`, report);
if (leave !== '') execFileSync('sh', ['-c', leave], { cwd: OUTPUT, stdio: 'inherit' });
if (terminalEvent !== null) await print(`\n${terminalEvent}`);
writeFileSync(`${OUTPUT}/digest.json`, JSON.stringify({ bytes: printed, sha256: digest.digest('hex') }));
if (hangAfterSeconds > 0) await sleep(hangAfterSeconds * 1000);
process.exitCode = exitCode;
