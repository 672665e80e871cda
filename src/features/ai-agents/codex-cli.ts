import { stringify as yaml } from 'yaml';
import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { judgedBy, type EventSign } from './event-stream.js';
import { apart, count, tokens, type UsageReport } from './reported-usage.js';
import { positive, settingsOf } from './settings-schema.js';
import { toml } from './toml.js';

const endOfTurn = z.object({
  type: z.enum(['turn.completed', 'turn.failed']),
  error: z.object({ message: z.string() }).optional(),
});
const item = z.object({
  type: z.literal('item.completed'),
  item: z.object({ type: z.string(), text: z.string().optional() }),
});
/** Items that are neither the model's words nor a tool. */
const NO_WORK = ['error', 'reasoning', 'todo_list'];

/** As its config.toml has them, less providers, sandbox, tools and whatever runs a command. */
const settings = z.strictObject({
  model_reasoning_effort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  model_reasoning_summary: z.enum(['auto', 'concise', 'detailed', 'none']).optional(),
  model_verbosity: z.enum(['low', 'medium', 'high']).optional(),
  model_context_window: positive.optional(),
  model_auto_compact_token_limit: positive.optional(),
  tool_output_token_limit: positive.optional(),
});

function signOf(event: object): EventSign | undefined {
  const end = endOfTurn.safeParse(event).data;
  if (end) return { kind: 'end', succeeded: end.type === 'turn.completed', reason: end.error?.message };
  const completed = item.safeParse(event).data?.item;
  if (!completed || NO_WORK.includes(completed.type)) return undefined;
  return completed.type === 'agent_message' ? { kind: 'answer', text: completed.text ?? '' } : { kind: 'tool' };
}

const endWithUsage = z.object({
  type: z.literal('turn.completed'),
  usage: z.object({
    input_tokens: tokens,
    cached_input_tokens: count,
    cache_write_input_tokens: count,
    output_tokens: tokens,
    reasoning_output_tokens: count,
  }),
});

/** Of the one turn that a run is; the cache stands among the input, what was reasoned among the output. */
const usageReport: UsageReport = {
  mark: '"turn.completed"',
  saidIn(event) {
    const usage = endWithUsage.safeParse(event).data?.usage;
    if (!usage) return undefined;
    const { input_tokens: input, cached_input_tokens: cacheRead, cache_write_input_tokens: cacheWrite } = usage;
    const { output_tokens: output, reasoning_output_tokens: reasoned } = usage;
    return { of: 'run', tokens: apart({ input, output, cacheRead, cacheWrite, reasoned }) };
  },
};

/**
 * Codex CLI, driven with `exec --json`: one JSON event a line; a turn ends with `turn.completed` or `turn.failed`.
 * It reads config.toml in CODEX_HOME; config.yaml and CODEX_CONFIG_HOME are the specification's names for the same.
 */
export const codexCli: AiAgentAdapter = {
  aiAgent: 'CODEX_CLI',
  providers: [
    {
      provider: 'openai',
      defaultModel: 'gpt-5.5',
      keyVariables: ['OPENAI_API_KEY'],
      modelBaseUrls: { OPENAI_BASE_URL: '/openai/v1' },
    },
  ],
  restrictsTools: false,
  parseSettings: settingsOf('Codex CLI', settings),

  render({ model, settings: chosen }) {
    const content = {
      ...(model === null ? {} : { model }),
      ...chosen,
      check_for_update_on_startup: false,
      analytics: { enabled: false },
    };
    return [
      { name: 'config.yaml', content: yaml(content) },
      { name: 'config.toml', content: toml(content) },
    ];
  },

  environment({ configurationFolder }) {
    return { CODEX_HOME: configurationFolder, CODEX_CONFIG_HOME: configurationFolder };
  },

  usageReport,
  ...judgedBy({ cli: 'Codex CLI', terminalEvent: 'turn.completed event', signOf }),
};
