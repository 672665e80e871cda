import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { jsonEvent, jsonEvents } from './json-events.js';
import { noSettings } from './no-settings.js';

const resultEvent = z.object({
  type: z.literal('result'),
  status: z.string(),
  error: z.object({ message: z.string() }).optional(),
});

/**
 * Gemini CLI, driven with `-o stream-json`: one JSON event a line, the last of them a `result`. It reads
 * .gemini/settings.json below GEMINI_CLI_HOME; config.json and GEMINI_CONFIG_DIR are the specification's names.
 */
export const geminiCli: AiAgentAdapter = {
  aiAgent: 'GEMINI_CLI',
  provider: 'google',
  defaultModel: 'gemini-2.5-pro',
  modelBaseUrls: { GOOGLE_GEMINI_BASE_URL: '/google' },
  parseSettings: noSettings('Gemini CLI'),

  render({ model, settings }) {
    const content = {
      ...(model === null ? {} : { model: { name: model } }),
      ...settings,
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

  environment(key, { configurationFolder }) {
    return {
      GOOGLE_API_KEY: key,
      GEMINI_API_KEY: key,
      GEMINI_CONFIG_DIR: configurationFolder,
      GEMINI_CLI_HOME: configurationFolder,
    };
  },

  judge(tail) {
    const last = jsonEvents(tail).findLast((event) => resultEvent.safeParse(event).success);
    if (!last) return 'Gemini CLI exited with 0 but wrote no result event, so it did not finish.';
    const { status, error } = resultEvent.parse(last);
    return status === 'success' ? undefined : `Gemini CLI ended with an error: ${error?.message ?? status}`;
  },

  isTerminalEvent: (line) => resultEvent.safeParse(jsonEvent(line)).success,
};
