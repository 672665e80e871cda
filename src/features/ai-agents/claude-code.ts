import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { judgedBy, type EventSign } from './event-stream.js';
import { noSettings } from './no-settings.js';

const resultEvent = z.object({
  type: z.literal('result'),
  subtype: z.string().optional(),
  is_error: z.boolean().optional(),
  result: z.string().optional(),
});
const message = z.object({ type: z.enum(['assistant', 'user']), message: z.object({ content: z.unknown() }) });
const textBlocks = z.array(z.looseObject({ type: z.literal('text'), text: z.string() })).min(1);

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

/** Claude Code, driven with `-p --output-format stream-json`: one JSON event a line, the last of them a `result`. */
export const claudeCode: AiAgentAdapter = {
  aiAgent: 'CLAUDE_CODE',
  provider: 'anthropic',
  defaultModel: 'sonnet',
  restrictsTools: true,
  modelBaseUrls: { ANTHROPIC_BASE_URL: '/anthropic' },
  parseSettings: noSettings('Claude Code'),

  render({ model, settings }) {
    const content = {
      ...(model === null ? {} : { model }),
      ...settings,
      cleanupPeriodDays: 1,
      includeCoAuthoredBy: false,
    };
    return [{ name: 'settings.json', content: `${JSON.stringify(content, null, 2)}\n` }];
  },

  environment(key, { configurationFolder }) {
    return {
      ANTHROPIC_API_KEY: key,
      CLAUDE_CONFIG_DIR: configurationFolder,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
    };
  },

  ...judgedBy({
    cli: 'Claude Code',
    terminalEvent: 'result event',
    signOf: signOf,
  }),
};
