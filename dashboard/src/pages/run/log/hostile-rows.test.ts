import { describe, expect, it } from '@jest/globals';
import { lineParsers } from '../../../../../sdk/src/renderer/index.js';
import { rowsOf, type LogMode } from './layout.js';
import { entriesOf, rawEntriesOf } from './log-entries.js';

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const toolCall = (input: string): string =>
  `{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":${input}}]}}`;
const said = (text: string): string =>
  JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text }] } });

/** Of an attacker who writes what the agent prints. */
const corpus: readonly string[] = [
  '\x1b]52;c;cm0gLXJmIC8=\x07\x1b]0;owned\x07\x1b[2J\x1b[6n\x9b2J\x1b]8;;http://example.test\x07link\x1b]8;;\x07',
  said('\x1b]52;c;cm0gLXJmIC8=\x07\x1b]0;owned\x1b\\ \u202etxt.exe \u2028 \x1b[8mhidden\x1b[0m \x1b[31mred'),
  '<img src=x onerror=alert(1)><script>alert(1)</script>',
  toolCall(deep(200_000)),
  toolCall('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  toolCall(`{"a":${deep(900)}}`),
  said('a\r\nb\rc\td\0'),
  said(`${'\x1b[31m'.repeat(5000)}x`),
  said('𝕳\u0301'.repeat(3000)),
  '{"type":"assistant","message":{"content":[1,null,"x",{}]}}',
  '{"type":["assistant"]}{',
];
const controls = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
const ESC = '\u001b';
const colours = new RegExp(`${ESC}\\[[0-9;:]*m`, 'g');

describe.each(['events', 'terminal', 'raw'] as const)('rows of hostile lines, %s', (mode: LogMode) => {
  it.each(corpus.map((line, number) => [number, line] as const))('show line %d and do nothing else', (_, line) => {
    const bytes = new TextEncoder().encode(`${line}\n`);
    const segment = { offset: 0, length: bytes.length, startsInLine: false };
    const entries =
      mode === 'raw' ? rawEntriesOf(bytes, segment) : entriesOf(bytes, segment, lineParsers.CLAUDE_CODE, false);
    const rows = entries.flatMap((entry) => rowsOf(entry, { mode, columns: 40, opened: new Set(['0:0']) }));
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) {
      const shown = mode === 'terminal' ? text.replaceAll(colours, '') : text;
      expect(shown).not.toMatch(controls);
      expect(shown.length).toBeLessThanOrEqual(40);
    }
    expect(rows.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(20 * bytes.length + 10_000);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('raw rows', () => {
  it('show bytes that are no character, each by itself', () => {
    const bytes = new Uint8Array([0x61, 0xff, 0xc3, 0xa9, 0xe2, 0x82, 0x62, 0x1b, 0x09, 0x0a]);
    const [entry] = rawEntriesOf(bytes, { offset: 0, length: bytes.length, startsInLine: false });
    const rows = rowsOf(entry!, { mode: 'raw', columns: 80, opened: new Set() });
    expect(rows.map(({ text }) => text)).toEqual([String.raw`a\xffé\xe2\x82b\x1b\t`]);
  });
});
