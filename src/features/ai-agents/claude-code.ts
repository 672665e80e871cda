import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { judgedBy, type EventSign } from './event-stream.js';
import { apart, count, plus, type UsageReport } from './reported-usage.js';
import { settingsOf, words } from './settings-schema.js';

const resultEvent = z.object({
  type: z.literal('result'),
  subtype: z.string().optional(),
  is_error: z.boolean().optional(),
  result: z.string().optional(),
});
const message = z.object({ type: z.enum(['assistant', 'user']), message: z.object({ content: z.unknown() }) });
const textBlocks = z.array(z.looseObject({ type: z.literal('text'), text: z.string() })).min(1);

/** As its settings.json has them, less what runs commands, moves its home or loosens its permissions. */
const settings = z.strictObject({
  alwaysThinkingEnabled: z.boolean().optional(),
  effortLevel: z.enum(['low', 'medium', 'high']).optional(),
  language: words.optional(),
  outputStyle: words.optional(),
});

function signOf(event: object): EventSign | undefined {
  const result = resultEvent.safeParse(event).data;
  if (result) {
    const succeeded = result.is_error !== true && (result.subtype ?? 'success') === 'success';
    return { kind: 'end', succeeded, reason: result.result ?? result.subtype };
  }
  const spoken = message.safeParse(event).data;
  if (!spoken) return undefined;
  const texts = textBlocks.safeParse(spoken.message.content).data;
  return texts ? { kind: 'answer', text: texts.map(({ text }) => text).join('') } : { kind: 'tool' };
}

const usageOfModels = z.object({
  type: z.literal('result'),
  modelUsage: z.record(
    z.string(),
    z.object({
      inputTokens: count,
      outputTokens: count,
      cacheReadInputTokens: count,
      cacheCreationInputTokens: count,
    }),
  ),
});

/** Of each model that it asked; what was thought stands among the output. */
const usageReport: UsageReport = {
  mark: '"modelUsage"',
  saidIn(event) {
    const models = Object.values(usageOfModels.safeParse(event).data?.modelUsage ?? {});
    if (models.length === 0) return undefined;
    const figures = models.map((model) => ({
      ...apart({ input: model.inputTokens, output: model.outputTokens }),
      cacheReadTokens: model.cacheReadInputTokens,
      cacheWriteTokens: model.cacheCreationInputTokens,
    }));
    return { of: 'run', tokens: figures.reduce(plus) };
  },
};

/** Claude Code, driven with `-p --output-format stream-json`: one JSON event a line, the last of them a `result`. */
export const claudeCode: AiAgentAdapter = {
  aiAgent: 'CLAUDE_CODE',
  providers: [
    {
      provider: 'anthropic',
      defaultModel: 'sonnet',
      keyVariables: ['ANTHROPIC_API_KEY'],
      modelBaseUrls: { ANTHROPIC_BASE_URL: '/anthropic' },
    },
  ],
  restrictsTools: true,
  parseSettings: settingsOf('Claude Code', settings),

  render({ model, allowedTools, settings: chosen }) {
    const content = {
      ...(model === null ? {} : { model }),
      ...chosen,
      ...(allowedTools === null ? {} : { permissions: { allow: allowedTools } }),
      cleanupPeriodDays: 1,
      includeCoAuthoredBy: false,
    };
    return [{ name: 'settings.json', content: `${JSON.stringify(content, null, 2)}\n` }];
  },

  environment({ configurationFolder }) {
    return {
      CLAUDE_CONFIG_DIR: configurationFolder,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
    };
  },

  usageReport,
  ...judgedBy({ cli: 'Claude Code', terminalEvent: 'result event', signOf }),
};
