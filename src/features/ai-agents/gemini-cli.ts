import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { judgedBy, type EventSign } from './event-stream.js';
import { apart, count, tokens, type UsageReport } from './reported-usage.js';
import { positive, ratio, settingsOf } from './settings-schema.js';

const resultEvent = z.object({
  type: z.literal('result'),
  status: z.string(),
  error: z.object({ message: z.string() }).optional(),
});
const answer = z.object({ type: z.literal('message'), role: z.literal('assistant'), content: z.string() });
const toolResult = z.object({ type: z.literal('tool_result') });
const errorEvent = z.object({ type: z.literal('error'), severity: z.literal('error'), message: z.string() });

/** As its settings.json has them, less servers, hooks and whatever runs a command. */
const settings = z.strictObject({
  model: z.strictObject({ maxSessionTurns: positive.optional(), compressionThreshold: ratio.optional() }).optional(),
});

function signOf(event: object): EventSign | undefined {
  const result = resultEvent.safeParse(event).data;
  // A failure without an error of its own has that of the error event before it.
  if (result) return { kind: 'end', succeeded: result.status === 'success', reason: result.error?.message };
  const said = answer.safeParse(event).data;
  if (said) return { kind: 'answer', text: said.content };
  if (toolResult.safeParse(event).success) return { kind: 'tool' };
  const trouble = errorEvent.safeParse(event).data;
  return trouble && { kind: 'trouble', text: trouble.message };
}

const endWithStats = z.object({
  type: z.literal('result'),
  stats: z.object({ total_tokens: tokens, input_tokens: tokens, output_tokens: tokens, cached: count }),
});

/** The cache stands among the input; what was thought is only in the total. */
const usageReport: UsageReport = {
  mark: '"stats"',
  saidIn(event) {
    const stats = endWithStats.safeParse(event).data?.stats;
    if (!stats) return undefined;
    const { total_tokens: total, input_tokens: input, output_tokens: written, cached: cacheRead } = stats;
    const reasoned = Math.max(0, total - input - written);
    return { of: 'run', tokens: apart({ input, output: written + reasoned, cacheRead, reasoned }) };
  },
};

/**
 * Gemini CLI, driven with `-o stream-json`: one JSON event a line, the last of them a `result`. It reads
 * .gemini/settings.json below GEMINI_CLI_HOME; config.json and GEMINI_CONFIG_DIR are the specification's names.
 */
export const geminiCli: AiAgentAdapter = {
  aiAgent: 'GEMINI_CLI',
  providers: [
    {
      provider: 'google',
      defaultModel: 'gemini-2.5-pro',
      keyVariables: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
      modelBaseUrls: { GOOGLE_GEMINI_BASE_URL: '/google' },
    },
  ],
  restrictsTools: false,
  parseSettings: settingsOf('Gemini CLI', settings),

  render({ model: name, settings: chosen }) {
    const model = { ...settings.parse(chosen).model, ...(name === null ? {} : { name }) };
    const content = {
      ...(Object.keys(model).length === 0 ? {} : { model }),
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
    };
    const json = `${JSON.stringify(content, null, 2)}\n`;
    return [
      { name: 'config.json', content: json },
      { name: '.gemini/settings.json', content: json },
    ];
  },

  environment({ configurationFolder }) {
    return {
      GEMINI_CONFIG_DIR: configurationFolder,
      GEMINI_CLI_HOME: configurationFolder,
    };
  },

  usageReport,
  ...judgedBy({ cli: 'Gemini CLI', terminalEvent: 'result event', signOf }),
};
