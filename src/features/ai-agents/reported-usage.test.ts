import { describe, expect, it } from '@jest/globals';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { adapterOf } from './ai-agent-registry.js';
import { ReportedUsage } from './reported-usage.js';

function totalOf(aiAgent: AiAgent, ...events: readonly unknown[]) {
  const reported = new ReportedUsage(adapterOf(aiAgent).usageReport);
  for (const event of events) reported.take(typeof event === 'string' ? event : JSON.stringify(event));
  return reported.total;
}

const figures = (...[inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens]: number[]) => ({
  ...{ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens },
});

const model = (inputTokens: number, outputTokens: number, cacheReadInputTokens = 0, cacheCreationInputTokens = 0) => ({
  ...{ inputTokens, outputTokens, cacheReadInputTokens, cacheCreationInputTokens },
});
const claude = (modelUsage: object) => ({ type: 'result', subtype: 'success', modelUsage });
const codex = (usage: object) => ({ type: 'turn.completed', usage });
const gemini = (stats: object) => ({ type: 'result', status: 'success', stats });
const step = (reason: string, tokens: object) => ({
  type: 'step_finish',
  part: { type: 'step-finish', reason, tokens },
});
const goose = (tokens: object) => ({ type: 'complete', ...tokens });

describe("a CLI's own account of what it used", () => {
  it.each<[AiAgent, unknown[], object]>([
    ['CLAUDE_CODE', [claude({ sonnet: model(60, 10, 20, 12), haiku: model(5, 1) })], figures(65, 11, 20, 12, 0)],
    [
      'CODEX_CLI',
      [
        codex({
          ...{ input_tokens: 46, cached_input_tokens: 20, cache_write_input_tokens: 1 },
          ...{ output_tokens: 13, reasoning_output_tokens: 4 },
        }),
      ],
      figures(25, 9, 20, 1, 4),
    ],
    [
      'GEMINI_CLI',
      [gemini({ total_tokens: 73, input_tokens: 56, output_tokens: 10, cached: 20, input: 36 })],
      figures(36, 10, 20, 0, 7),
    ],
    [
      'OPENCODE',
      [
        step('tool-calls', { total: 97, input: 45, output: 10, reasoning: 4, cache: { write: 2, read: 50 } }),
        step('stop', { total: 10, input: 1, output: 2, reasoning: 3, cache: { write: 0, read: 4 } }),
      ],
      figures(46, 12, 54, 2, 7),
    ],
    [
      'GOOSE',
      [goose({ total_tokens: 38, input_tokens: 27, output_tokens: 11, cache_read_input_tokens: 20, cost_usd: 0.1 })],
      figures(7, 11, 20, 0, 0),
    ],
  ])('is read of %s, in our five figures', (aiAgent, events, expected) => {
    expect(totalOf(aiAgent, ...events)).toEqual(expected);
  });

  it.each<[string, AiAgent, unknown[]]>([
    ['says nothing', 'CLAUDE_CODE', []],
    ['had no model', 'CLAUDE_CODE', [claude({})]],
    ['failed', 'CODEX_CLI', [{ type: 'turn.failed', error: { message: 'no' } }]],
    ['was cut after a step', 'OPENCODE', [step('tool-calls', { input: 1, output: 1, reasoning: 0, cache: {} })]],
    [
      'was told nothing by its provider',
      'GOOSE',
      [goose({ total_tokens: null, input_tokens: null, output_tokens: null })],
    ],
  ])('is unknown of one that %s', (_, aiAgent, events) => {
    expect(totalOf(aiAgent, ...events)).toBeUndefined();
  });

  it.each<[string, AiAgent, unknown]>([
    ['a negative number', 'CODEX_CLI', codex({ input_tokens: -1, output_tokens: 1 })],
    ['a fraction', 'CODEX_CLI', codex({ input_tokens: 1.5, output_tokens: 1 })],
    ['a text', 'CODEX_CLI', codex({ input_tokens: '1', output_tokens: 1 })],
    ['more than can be', 'CODEX_CLI', codex({ input_tokens: 1e13, output_tokens: 1 })],
    ['no number at all', 'GEMINI_CLI', '{"type":"result","stats":{"total_tokens":NaN}}'],
    ['what overflows', 'CODEX_CLI', '{"type":"turn.completed","usage":{"input_tokens":1e999,"output_tokens":1}}'],
    ['no object', 'CODEX_CLI', 'null "turn.completed"'],
    ['half a line', 'CODEX_CLI', '{"type":"turn.completed","usage":{"input_tokens":1'],
    [
      'a prototype',
      'CODEX_CLI',
      '{"__proto__":{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}}',
    ],
  ])('passes over %s', (_, aiAgent, event) => {
    expect(totalOf(aiAgent, event)).toBeUndefined();
  });

  it('is unknown when its sums, or its lines, are more than can be', () => {
    const much = step('stop', { input: 1e12, output: 0, reasoning: 0, cache: {} });
    expect(totalOf('OPENCODE', ...Array<unknown>(1000).fill(much))?.inputTokens).toBe(1e15);
    expect(totalOf('OPENCODE', ...Array<unknown>(1001).fill(much))).toBeUndefined();
    const little = JSON.stringify(step('stop', { input: 1, output: 0, reasoning: 0, cache: {} }));
    expect(totalOf('OPENCODE', ...Array<unknown>(100_000).fill(little))?.inputTokens).toBe(100_000);
    expect(totalOf('OPENCODE', ...Array<unknown>(100_001).fill(little))).toBeUndefined();
  });

  it('is the last word of a CLI that tells of its run, and the sum of one that tells of its steps', () => {
    const said = (input: number) => codex({ input_tokens: input, output_tokens: 0 });
    expect(totalOf('CODEX_CLI', said(1), said(2))).toMatchObject({ inputTokens: 2 });
  });
});
