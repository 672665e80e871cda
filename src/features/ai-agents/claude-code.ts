import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { jsonEvent, jsonEvents } from './json-events.js';
import { noSettings } from './no-settings.js';

const resultEvent = z.object({
  type: z.literal('result'),
  subtype: z.string().optional(),
  is_error: z.boolean().optional(),
});

/** Claude Code, driven with `-p --output-format stream-json`: one JSON event a line, the last of them a `result`. */
export const claudeCode: AiAgentAdapter = {
  aiAgent: 'CLAUDE_CODE',
  provider: 'anthropic',
  defaultModel: 'sonnet',
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

  judge(tail) {
    const result = jsonEvents(tail).findLast((event) => resultEvent.safeParse(event).success);
    if (!result) return 'Claude Code exited with 0 but wrote no result event, so it did not finish.';
    const { subtype, is_error: isError } = resultEvent.parse(result);
    if (isError === true || (subtype !== undefined && subtype !== 'success')) {
      return `Claude Code ended with the result ${JSON.stringify(subtype ?? 'error')}.`;
    }
    return undefined;
  },

  isTerminalEvent: (line) => resultEvent.safeParse(jsonEvent(line)).success,
};
