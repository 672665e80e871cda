import { describe, expect, it } from '@jest/globals';
import { AgentEventDecoder, MAX_LINE_LENGTH } from './agent-event-decoder.js';
import type { AgentEvent } from './agent-event.js';
import { parseClaudeCodeLine } from './claude-code.js';

const lines = [
  '{"type":"system","subtype":"init","model":"claude-sonnet","claude_code_version":"2.1.0","tools":["Bash"]}',
  '{"type":"assistant","message":{"content":[{"type":"text","text":"Größe: 3 µs 🙂"}]}}',
  '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}]}}',
  '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"a\\nb","is_error":true}]}}',
  'a warning on stderr 🙂',
  '{"type":"result","subtype":"success","is_error":false,"num_turns":2,"duration_ms":1500,"result":"done","usage":{"input_tokens":1,"cache_read_input_tokens":4,"output_tokens":7}}',
];
const expected: AgentEvent[] = [
  { kind: 'start', model: 'claude-sonnet', version: '2.1.0' },
  { kind: 'text', text: 'Größe: 3 µs 🙂' },
  { kind: 'toolCall', id: 't1', tool: 'Bash', input: { command: 'ls' } },
  { kind: 'toolResult', id: 't1', text: 'a\nb', isError: true },
  { kind: 'raw', line: 'a warning on stderr 🙂', continued: false },
  { kind: 'usage', inputTokens: 5, outputTokens: 7 },
  { kind: 'end', succeeded: true, text: 'done', turns: 2, durationMs: 1500 },
];

function decode(...chunks: Uint8Array[]): AgentEvent[] {
  const decoder = new AgentEventDecoder(parseClaudeCodeLine);
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

describe('AgentEventDecoder', () => {
  const bytes = Buffer.from(lines.join('\n'));

  it('gives the same events wherever the stream is cut in two', () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(decode(bytes.subarray(0, at), bytes.subarray(at))).toEqual(expected);
    }
  });

  it('gives the same events when bytes come one by one', () => {
    expect(decode(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('replaces invalid bytes and keeps what stands around them', () => {
    expect(decode(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).toEqual([
      { kind: 'raw', line: 'a\uFFFDb', continued: false },
    ]);
  });

  it('gives a line over the limit in pieces, and reads events again after it', () => {
    const long = Buffer.from(`${'x'.repeat(MAX_LINE_LENGTH - 1)}🙂${'y'.repeat(10)}\n${lines[4]!}\n`);
    const whole = decode(long);
    expect(whole.map((event) => event.kind === 'raw' && [event.line.length, event.continued])).toEqual([
      [MAX_LINE_LENGTH - 1, true],
      [12, false],
      [lines[4]!.length, false],
    ]);
    for (const at of [1, MAX_LINE_LENGTH - 1, MAX_LINE_LENGTH, MAX_LINE_LENGTH + 1, MAX_LINE_LENGTH + 5]) {
      expect(decode(long.subarray(0, at), long.subarray(at))).toEqual(whole);
    }
  });

  it('takes a piece of a long line for no event, whatever it looks like', () => {
    const hidden = `${' '.repeat(MAX_LINE_LENGTH)}${lines[5]!}\n`;
    expect(decode(Buffer.from(hidden)).map((event) => event.kind)).toEqual(['raw', 'raw']);
  });

  it.each([
    '',
    '{',
    '{"type":',
    '[]',
    '{"type":"assistant"}',
    '{"type":"assistant","message":{"content":[3,null]}}',
    '{"type":"new"}',
  ])('passes the unknown line %j through', (line) => {
    expect(decode(Buffer.from(`${line}\n`))).toEqual([{ kind: 'raw', line, continued: false }]);
  });

  it('tells a spent limit or an error from success', () => {
    const line = '{"type":"result","subtype":"success","is_error":true,"result":"Credit balance is too low"}';
    expect(decode(Buffer.from(line))).toEqual([
      { kind: 'end', succeeded: false, text: 'Credit balance is too low', turns: undefined, durationMs: undefined },
    ]);
  });
});
