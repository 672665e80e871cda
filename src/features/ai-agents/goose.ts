import { stringify as yaml } from 'yaml';
import { z } from 'zod';
import { bindingOf, type AiAgentAdapter } from './ai-agent-adapter.js';
import { judgedBy, type EventSign } from './event-stream.js';
import { apart, count, tokens, type UsageReport } from './reported-usage.js';
import { positive, ratio, settingsOf } from './settings-schema.js';

const ending = z.union([
  z.object({ type: z.literal('complete'), error: z.undefined().optional() }),
  z.object({ type: z.literal('error'), error: z.string() }),
]);
const message = z.object({
  type: z.literal('message'),
  message: z.object({
    role: z.enum(['assistant', 'user']),
    content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
    /** `inference`: what the model said, and which one. */
    metadata: z.object({ inference: z.unknown().optional() }).optional(),
  }),
});

/** Goose gives up in words of its own, as the assistant's without an inference, and still completes and exits with 0. */
const GAVE_UP =
  /^(?:Ran into this error|I've reached the maximum number of actions|The model returned an empty response)/;

/** As its config.yaml has them, less extensions and whatever runs a command. */
const settings = z.strictObject({
  GOOSE_MAX_TURNS: positive.optional(),
  GOOSE_TEMPERATURE: z.number().min(0).max(2).optional(),
  GOOSE_CONTEXT_LIMIT: positive.optional(),
  GOOSE_AUTO_COMPACT_THRESHOLD: ratio.optional(),
});

function signOf(event: object): EventSign | undefined {
  const end = ending.safeParse(event).data;
  if (end) return { kind: 'end', succeeded: end.type === 'complete', reason: end.error };
  const said = message.safeParse(event).data?.message;
  if (!said) return undefined;
  const text = said.content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('');
  if (said.role === 'assistant' && text !== '') {
    const isGoose = said.metadata?.inference === undefined && GAVE_UP.test(text);
    return { kind: isGoose ? 'trouble' : 'answer', text };
  }
  return said.content.some(({ type }) => type === 'toolResponse') ? { kind: 'tool' } : undefined;
}

const completeWithTokens = z.object({
  type: z.literal('complete'),
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_input_tokens: count,
  cache_write_input_tokens: count,
});

/** The cache stands among the input, what was reasoned among the output; null when its provider told nothing. */
const usageReport: UsageReport = {
  mark: '"complete"',
  saidIn(event) {
    const said = completeWithTokens.safeParse(event).data;
    if (!said) return undefined;
    const { input_tokens: input, output_tokens: output } = said;
    const { cache_read_input_tokens: cacheRead, cache_write_input_tokens: cacheWrite } = said;
    return { of: 'run', tokens: apart({ input, output, cacheRead, cacheWrite }) };
  },
};

/** Goose, driven with `run --output-format stream-json`: one JSON event a line, the last of them `complete`. */
export const goose: AiAgentAdapter = {
  aiAgent: 'GOOSE',
  providers: [
    {
      provider: 'openai',
      defaultModel: 'gpt-4.1',
      keyVariables: ['OPENAI_API_KEY'],
      modelBaseUrls: { OPENAI_HOST: '/openai' },
    },
    {
      provider: 'anthropic',
      defaultModel: 'claude-sonnet-4-20250514',
      keyVariables: ['ANTHROPIC_API_KEY'],
      modelBaseUrls: { ANTHROPIC_HOST: '/anthropic' },
    },
    {
      provider: 'google',
      defaultModel: 'gemini-2.5-pro',
      keyVariables: ['GOOGLE_API_KEY'],
      modelBaseUrls: { GOOGLE_HOST: '/google' },
    },
  ],
  restrictsTools: false,
  parseSettings: settingsOf('Goose', settings),

  render({ model, provider, settings: chosen }) {
    const binding = bindingOf(goose, provider);
    const content = {
      GOOSE_PROVIDER: binding.provider,
      GOOSE_MODEL: model ?? binding.defaultModel,
      GOOSE_MODE: 'auto',
      GOOSE_TELEMETRY_ENABLED: false,
      ...chosen,
    };
    const file = yaml(content);
    return [
      { name: 'config.yaml', content: file },
      { name: 'config/config.yaml', content: file },
    ];
  },

  environment({ configurationFolder }, provider) {
    return {
      LLM_PROVIDER: provider,
      GOOSE_PATH_ROOT: configurationFolder,
      GOOSE_DISABLE_KEYRING: '1',
      GOOSE_TELEMETRY_ENABLED: 'false',
      GOOSE_DISABLE_SESSION_NAMING: 'true',
    };
  },

  usageReport,
  ...judgedBy({ cli: 'Goose', terminalEvent: 'complete event', signOf }),
};
