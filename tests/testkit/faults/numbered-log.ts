import { LINE_BYTES } from './load-of-faults.js';

const LAST_WORDS = [
  { type: 'assistant', message: { content: [{ type: 'text', text: 'I have looked.' }] } },
  { type: 'result', subtype: 'success', is_error: false, result: 'done' },
]
  .map((event) => JSON.stringify(event))
  .join('\n');

/** What the fake agent is to print, as it is asked for it. */
export const numberedLines = (lines: number, linesPerSecond: number) => ({
  ...{ lines, linesPerSecond, lineBytes: LINE_BYTES, modelCalls: 0 },
  terminalEvent: LAST_WORDS,
});

/** The log of a run whose fake agent was asked for so many numbered lines, byte for byte. */
export function numberedLog(runId: string, lines: number): Buffer {
  const filler = `${runId} `.repeat(Math.ceil(LINE_BYTES / 37)).slice(0, LINE_BYTES - 11);
  const text = Array.from({ length: lines }, (_, line) => `${String(line).padStart(9, '0')} ${filler}\n`);
  return Buffer.from(`${text.join('')}\n${LAST_WORDS}`);
}
