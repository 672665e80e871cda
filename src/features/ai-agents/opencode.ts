import { z } from 'zod';
import { bindingOf, type AiAgentAdapter } from './ai-agent-adapter.js';
import { judgedBy, type EventSign } from './event-stream.js';
import { count, tokens as number, type UsageReport } from './reported-usage.js';
import { positive, ratio, settingsOf } from './settings-schema.js';
import { toml, type TomlTable } from './toml.js';

const stepFinish = z.object({ type: z.literal('step_finish'), part: z.object({ reason: z.string() }) });
const errorEvent = z.object({
  type: z.literal('error'),
  error: z.object({ name: z.string(), data: z.object({ message: z.string() }).optional() }),
});
const answer = z.object({ type: z.literal('text'), part: z.object({ text: z.string() }) });
const toolUse = z.object({
  type: z.literal('tool_use'),
  part: z.object({ tool: z.string(), state: z.object({ status: z.string() }) }),
});

/** As its opencode.json has them, less plugins, servers, commands and permissions. */
const settings = z.strictObject({
  agent: z
    .strictObject({
      build: z
        .strictObject({
          temperature: z.number().min(0).max(2).optional(),
          top_p: ratio.optional(),
          steps: positive.optional(),
        })
        .optional(),
    })
    .optional(),
  compaction: z.strictObject({ auto: z.boolean().optional(), prune: z.boolean().optional() }).optional(),
});

function signOf(event: object): EventSign | undefined {
  const reason = stepFinish.safeParse(event).data?.part.reason;
  if (reason === 'tool-calls') return undefined;
  if (reason !== undefined) return { kind: 'end', succeeded: reason === 'stop', reason: `finish reason ${reason}` };
  const { error } = errorEvent.safeParse(event).data ?? {};
  if (error) return { kind: 'end', succeeded: false, reason: error.data?.message ?? error.name };
  const said = answer.safeParse(event).data;
  if (said) return { kind: 'answer', text: said.part.text };
  const tool = toolUse.safeParse(event).data;
  return tool?.part.state.status === 'completed' ? { kind: 'tool' } : undefined;
}

const stepWithTokens = z.object({
  type: z.literal('step_finish'),
  part: z.object({
    reason: z.string(),
    tokens: z.object({
      input: number,
      output: number,
      reasoning: count,
      cache: z.object({ read: count, write: count }),
    }),
  }),
});

/** Of each step: cache and reasoning stand apart. */
const usageReport: UsageReport = {
  mark: '"step_finish"',
  saidIn(event) {
    const part = stepWithTokens.safeParse(event).data?.part;
    if (!part) return undefined;
    const { input, output, reasoning, cache } = part.tokens;
    const tokens = {
      ...{ inputTokens: input, outputTokens: output, reasoningTokens: reasoning },
      ...{ cacheReadTokens: cache.read, cacheWriteTokens: cache.write },
    };
    return { of: part.reason === 'tool-calls' ? 'step' : 'last step', tokens };
  },
};

/**
 * OpenCode, driven with `run --format json`: one JSON event a line; the last step finishes with another reason than
 * tool calls. It reads opencode.json in OPENCODE_CONFIG_DIR; config.toml is the specification's name for the same.
 */
export const opencode: AiAgentAdapter = {
  aiAgent: 'OPENCODE',
  providers: [
    {
      provider: 'openai',
      defaultModel: 'openai/gpt-4.1',
      keyVariables: ['OPENAI_API_KEY'],
      modelBaseUrls: { OPENAI_BASE_URL: '/openai/v1' },
    },
    {
      provider: 'anthropic',
      defaultModel: 'anthropic/claude-sonnet-4-20250514',
      keyVariables: ['ANTHROPIC_API_KEY'],
      modelBaseUrls: { ANTHROPIC_BASE_URL: '/anthropic/v1' },
    },
    {
      provider: 'google',
      defaultModel: 'google/gemini-2.5-pro',
      keyVariables: ['GOOGLE_GENERATIVE_AI_API_KEY'],
      modelBaseUrls: { GOOGLE_GEMINI_BASE_URL: '/google/v1beta' },
    },
  ],
  restrictsTools: false,
  parseSettings: settingsOf('OpenCode', settings),

  render({ model, provider: chosenProvider, settings: chosen }) {
    const { provider, defaultModel } = bindingOf(opencode, chosenProvider);
    const asked = model ?? defaultModel;
    const name = asked.startsWith(`${provider}/`) ? asked.slice(provider.length + 1) : asked;
    const { agent, compaction } = settings.parse(chosen);
    const shared = {
      model: `${provider}/${name}`,
      autoupdate: false,
      share: 'disabled',
      ...(compaction === undefined ? {} : { compaction }),
    };
    const content = {
      $schema: 'https://opencode.ai/config.json',
      ...shared,
      permission: 'allow',
      // Its extra call for a title would be billed to the run.
      agent: { ...agent, title: { disable: true } },
      // A model that OpenCode does not know is refused unless it is named here.
      provider: { [provider]: { models: { [name]: {} } } },
    };
    return [
      { name: 'opencode.json', content: `${JSON.stringify(content, null, 2)}\n` },
      { name: 'config.toml', content: toml({ ...shared, ...(agent === undefined ? {} : { agent }) } as TomlTable) },
    ];
  },

  environment({ configurationFolder }, provider) {
    return { LLM_PROVIDER: provider, OPENCODE_CONFIG_DIR: configurationFolder, OPENCODE_DISABLE_AUTOUPDATE: '1' };
  },

  usageReport,
  ...judgedBy({ cli: 'OpenCode', terminalEvent: 'last step', signOf }),
};
