import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { jsonEvent, jsonEvents } from './json-events.js';
import { noSettings } from './no-settings.js';

const ending = z.union([
  z.object({ type: z.literal('step_finish'), part: z.object({ reason: z.string().optional() }) }),
  z.object({ type: z.literal('error'), error: z.unknown() }),
]);

const endingIn = (event: unknown): z.infer<typeof ending> | undefined => {
  const parsed = ending.safeParse(event).data;
  return parsed?.type === 'step_finish' && parsed.part.reason === 'tool-calls' ? undefined : parsed;
};

/**
 * OpenCode, driven with `run --format json`: one JSON event a line; the last step finishes with another reason than
 * tool calls. It reads opencode.json in OPENCODE_CONFIG_DIR; config.toml is the specification's name for the same.
 */
export const opencode: AiAgentAdapter = {
  aiAgent: 'OPENCODE',
  provider: 'openai',
  defaultModel: 'openai/gpt-4.1',
  modelBaseUrls: { OPENAI_BASE_URL: '/openai/v1' },
  parseSettings: noSettings('OpenCode'),

  render({ model, settings }) {
    const named = (model ?? opencode.defaultModel).replace(/^openai\//, '');
    const content = {
      $schema: 'https://opencode.ai/config.json',
      model: `openai/${named}`,
      ...settings,
      autoupdate: false,
      share: 'disabled',
      provider: {
        openai: {
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: '{env:OPENAI_BASE_URL}', apiKey: '{env:OPENAI_API_KEY}' },
          models: { [named]: {} },
        },
      },
      permission: { '*': 'allow' },
    };
    return [
      { name: 'opencode.json', content: `${JSON.stringify(content, null, 2)}\n` },
      { name: 'config.toml', content: `model = ${JSON.stringify(content.model)}\nautoupdate = false\n` },
    ];
  },

  environment(key, { configurationFolder }) {
    return { OPENAI_API_KEY: key, OPENCODE_CONFIG_DIR: configurationFolder, OPENCODE_DISABLE_AUTOUPDATE: '1' };
  },

  judge(tail) {
    const last = jsonEvents(tail)
      .map(endingIn)
      .findLast((event) => event !== undefined);
    if (!last) return 'OpenCode exited with 0 but finished no step, so it did not finish.';
    return last.type === 'error' ? `OpenCode ended with an error: ${JSON.stringify(last.error)}` : undefined;
  },

  isTerminalEvent: (line) => endingIn(jsonEvent(line)) !== undefined,
};
