import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FINISHED_WORK } from '../harness/finished-work.js';

/** What an agent of this group is to do, as the incident's `live`. */
export interface LiveScript {
  /** It waits for this file to be there. */
  readonly go: string;
  /** A file that it prints as fast as it can. */
  readonly file?: string;
  /** So many lines, a hundred a second, each with the monotonic clock's nanoseconds. */
  readonly lines?: number;
}

/** Prints, and does nothing else: its clock is the machine's, which containers and processes share. */
const PRINTER = `
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';

const { live } = JSON.parse(readFileSync(process.env.WORKSPACE + '/incident.json', 'utf8'));
while (!existsSync(live.go)) await delay(10);
if (live.file) await pipeline(createReadStream(live.file, { highWaterMark: 1 << 18 }), process.stdout, { end: false });
const began = performance.now();
for (let line = 0; line < (live.lines ?? 0); line += 1) {
  await delay(Math.max(0, began + line * 10 - performance.now()));
  process.stdout.write(process.hrtime.bigint() + '\\n');
}
`;

/** Makes a folder for the PATH in which \`claude\` is an agent of this group; resolves to it. */
export async function makeLiveAgent(folder: string): Promise<string> {
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  const printer = path.join(bin, 'printer.mjs');
  await writeFile(printer, PRINTER);
  const command = path.join(bin, 'claude');
  await writeFile(command, `#!/bin/sh\n'${process.execPath}' '${printer}'\n${FINISHED_WORK}`);
  await chmod(command, 0o755);
  return bin;
}

export const LINE_BYTES = 100;

/** Numbered lines of 100 bytes, so that what is lost or doubled shows. */
export function makeLines(count: number): Buffer {
  const lines = Buffer.alloc(count * LINE_BYTES, '.');
  for (let line = 0; line < count; line += 1) {
    lines.write(`line ${line} `, line * LINE_BYTES, 'latin1');
    lines.write('\n', (line + 1) * LINE_BYTES - 1, 'latin1');
  }
  return lines;
}
