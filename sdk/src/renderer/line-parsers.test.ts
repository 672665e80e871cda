import { describe, expect, it } from '@jest/globals';
import type { AiAgent } from '../generated/graphql.js';
import { AgentEventDecoder, MAX_LINE_LENGTH } from './agent-event-decoder.js';
import type { AgentEvent } from './agent-event.js';
import { lineParsers } from './line-parsers.js';

function decode(aiAgent: AiAgent, lines: readonly (object | string)[]): AgentEvent[] {
  const decoder = new AgentEventDecoder(lineParsers[aiAgent]);
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  return [...decoder.push(Buffer.from(text)), ...decoder.end()];
}

const end = (succeeded: boolean, more: Partial<Extract<AgentEvent, { kind: 'end' }>> = {}): AgentEvent => ({
  ...{ kind: 'end', succeeded, text: undefined, turns: undefined, durationMs: undefined },
  ...more,
});
const usage = (inputTokens: number, outputTokens: number): AgentEvent => ({ kind: 'usage', inputTokens, outputTokens });

describe('the event stream of Codex CLI', () => {
  const item = (kind: 'started' | 'completed', more: object) => ({
    type: `item.${kind}`,
    item: { id: 'item_1', ...more },
  });

  it('gives commands, their output, answers, usage and the end of the turn', () => {
    const command = { type: 'command_execution', command: "/bin/bash -lc 'kubectl get pods'" };
    expect(
      decode('CODEX_CLI', [
        { type: 'thread.started', thread_id: 't' },
        { type: 'turn.started' },
        item('started', { ...command, aggregated_output: '', exit_code: null, status: 'in_progress' }),
        item('completed', { ...command, aggregated_output: 'no pods\n', exit_code: 1, status: 'failed' }),
        item('completed', { type: 'reasoning', text: 'Hm.' }),
        item('completed', { type: 'agent_message', text: 'Done.' }),
        { type: 'turn.completed', usage: { input_tokens: 200, cached_input_tokens: 50, output_tokens: 40 } },
      ]),
    ).toEqual([
      { kind: 'start', model: undefined, version: undefined },
      { kind: 'toolCall', id: 'item_1', tool: 'shell', input: { command: command.command } },
      { kind: 'toolResult', id: 'item_1', text: 'no pods\n', isError: true },
      { kind: 'thinking', text: 'Hm.' },
      { kind: 'text', text: 'Done.' },
      usage(200, 40),
      end(true),
    ]);
  });

  it('shows changed files, calls of MCP servers and web searches as tools', () => {
    const mcp = { type: 'mcp_tool_call', server: 's', tool: 'look', arguments: { x: 1 } };
    const changes = [{ path: '/output/report.md', kind: 'add' }];
    expect(
      decode('CODEX_CLI', [
        item('started', { type: 'file_change', changes, status: 'in_progress' }),
        item('completed', { type: 'file_change', changes, status: 'completed' }),
        item('started', { ...mcp, status: 'in_progress' }),
        item('completed', { ...mcp, status: 'completed', result: { content: [{ type: 'text', text: 'seen' }] } }),
        item('completed', { ...mcp, status: 'failed', error: { message: 'gone' } }),
        item('completed', { type: 'web_search', query: 'oom' }),
      ]),
    ).toEqual([
      { kind: 'toolCall', id: 'item_1', tool: 'file add', input: { path: '/output/report.md' } },
      { kind: 'toolCall', id: 'item_1', tool: 'look', input: { x: 1 } },
      { kind: 'toolResult', id: 'item_1', text: 'seen', isError: false },
      { kind: 'toolResult', id: 'item_1', text: 'gone', isError: true },
      { kind: 'toolCall', id: 'item_1', tool: 'web search', input: { query: 'oom' } },
    ]);
  });

  it('tells why a turn failed', () => {
    expect(decode('CODEX_CLI', [{ type: 'turn.failed', error: { message: 'Quota exceeded.' } }])).toEqual([
      end(false, { text: 'Quota exceeded.' }),
    ]);
  });
});

describe('the event stream of Gemini CLI', () => {
  const says = (content: string) => ({ type: 'message', role: 'assistant', content, delta: true });

  it('gives tools, their output, usage and the end, leaves the prompt out, and makes whole lines of pieces', () => {
    expect(
      decode('GEMINI_CLI', [
        { type: 'init', session_id: 's', model: 'gemini-2.5-pro' },
        { type: 'message', role: 'user', content: 'a long prompt' },
        { type: 'tool_use', tool_name: 'run_shell_command', tool_id: 't1', parameters: { command: 'ls' } },
        { type: 'tool_result', tool_id: 't1', status: 'success', output: 'a' },
        { type: 'tool_result', tool_id: 't2', status: 'error', error: { type: 'x', message: 'not found' } },
        says('The fir'),
        says('st line\nand the '),
        says('second'),
        { type: 'result', status: 'success', stats: { input_tokens: 200, output_tokens: 40, duration_ms: 139 } },
      ]),
    ).toEqual([
      { kind: 'start', model: 'gemini-2.5-pro', version: undefined },
      { kind: 'toolCall', id: 't1', tool: 'run_shell_command', input: { command: 'ls' } },
      { kind: 'toolResult', id: 't1', text: 'a', isError: false },
      { kind: 'toolResult', id: 't2', text: 'not found', isError: true },
      { kind: 'text', text: 'The first line\n' },
      { kind: 'text', text: 'and the second' },
      usage(200, 40),
      end(true, { durationMs: 139 }),
    ]);
  });

  it('tells why it gave up', () => {
    const error = { type: 'unknown', message: 'API key not valid' };
    expect(decode('GEMINI_CLI', [{ type: 'result', status: 'error', error, stats: {} }])).toEqual([
      usage(0, 0),
      end(false, { text: 'API key not valid' }),
    ]);
  });
});

describe('the event stream of OpenCode', () => {
  const event = (type: string, part: object) => ({ type, timestamp: 1, sessionID: 's', part });
  const finish = (reason: string) =>
    event('step_finish', { reason, tokens: { input: 100, output: 20, cache: { read: 5, write: 1 } } });

  it('gives each tool with its output, usage of each step, and the end with the last', () => {
    const state = { status: 'completed', input: { command: 'ls' }, output: 'a\n' };
    const refused = { status: 'error', input: { command: 'rm' }, error: 'permission rejected' };
    expect(
      decode('OPENCODE', [
        event('step_start', { type: 'step-start' }),
        event('reasoning', { text: 'Hm.' }),
        event('tool_use', { tool: 'bash', callID: 'c1', state }),
        event('tool_use', { tool: 'bash', callID: 'c2', state: refused }),
        finish('tool-calls'),
        event('step_start', { type: 'step-start' }),
        event('text', { text: 'Done.' }),
        finish('stop'),
      ]),
    ).toEqual([
      { kind: 'thinking', text: 'Hm.' },
      { kind: 'toolCall', id: 'c1', tool: 'bash', input: { command: 'ls' } },
      { kind: 'toolResult', id: 'c1', text: 'a\n', isError: false },
      { kind: 'toolCall', id: 'c2', tool: 'bash', input: { command: 'rm' } },
      { kind: 'toolResult', id: 'c2', text: 'permission rejected', isError: true },
      usage(106, 20),
      { kind: 'text', text: 'Done.' },
      usage(106, 20),
      end(true),
    ]);
  });

  it('tells why it gave up', () => {
    const error = { name: 'APIError', data: { message: 'bad key', statusCode: 401 } };
    expect(decode('OPENCODE', [{ type: 'error', sessionID: 's', error }])).toEqual([end(false, { text: 'bad key' })]);
    expect(decode('OPENCODE', [finish('length')])).toEqual([usage(106, 20), end(false, { text: 'length' })]);
  });
});

describe('the event stream of Goose', () => {
  const message = (role: string, ...content: object[]) => ({ type: 'message', message: { id: 'c1', role, content } });
  const says = (text: string) => message('assistant', { type: 'text', text });
  const response = (toolResult: object) => message('user', { type: 'toolResponse', id: 'call_1', toolResult });

  it('gives tools, their output, usage and the end, and makes whole lines of pieces', () => {
    const toolCall = { status: 'success', value: { name: 'shell', arguments: { command: 'ls' } } };
    expect(
      decode('GOOSE', [
        says('I will '),
        says('look.'),
        message('assistant', { type: 'toolRequest', id: 'call_1', toolCall }),
        response({ status: 'success', value: { content: [{ type: 'text', text: 'a' }, { type: 'image' }] } }),
        response({ status: 'error', error: 'no such tool' }),
        { type: 'notification', extension_id: 'developer', log: { message: 'x' } },
        says('Done.'),
        { type: 'complete', total_tokens: 240, input_tokens: 200, output_tokens: 40 },
      ]),
    ).toEqual([
      { kind: 'text', text: 'I will look.' },
      { kind: 'toolCall', id: 'call_1', tool: 'shell', input: { command: 'ls' } },
      { kind: 'toolResult', id: 'call_1', text: 'a\n[image]', isError: false },
      { kind: 'toolResult', id: 'call_1', text: 'no such tool', isError: true },
      expect.objectContaining({ kind: 'raw' }),
      { kind: 'text', text: 'Done.' },
      usage(200, 40),
      end(true),
    ]);
  });

  it('tells why it gave up, and no usage when it knows none', () => {
    expect(
      decode('GOOSE', [
        message('assistant', { type: 'error', kind: 'authentication', message: 'stream broke' }),
        { type: 'error', error: 'stream broke' },
      ]),
    ).toEqual([end(false, { text: 'stream broke' })]);
    expect(decode('GOOSE', [{ type: 'complete', total_tokens: null }])).toEqual([end(true)]);
  });

  it('keeps the order of pieces and of lines that are no events', () => {
    expect(decode('GOOSE', [says('half a '), 'a warning', says('line')])).toEqual([
      { kind: 'text', text: 'half a ' },
      { kind: 'raw', line: 'a warning', continued: false },
      { kind: 'text', text: 'line' },
    ]);
  });

  it('holds back no more of a text without newlines than a line may have', () => {
    const decoder = new AgentEventDecoder(lineParsers.GOOSE);
    const piece = Buffer.from(`${JSON.stringify(says('x'.repeat(MAX_LINE_LENGTH / 2)))}\n`);
    expect([0, 1, 2].map(() => decoder.push(piece).length)).toEqual([0, 0, 1]);
  });
});

describe.each(Object.keys(lineParsers) as AiAgent[])('the event stream of %s', (aiAgent) => {
  it.each(['', '{', '[]', '{"type":"new"}', '{"type":3}', '{"type":"message"}', '{"type":"item.completed"}'])(
    'passes the unknown line %j through or leaves it out, and never fails',
    (line) => {
      for (const event of decode(aiAgent, [line])) expect(event).toEqual({ kind: 'raw', line, continued: false });
    },
  );
});
