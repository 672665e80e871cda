import { stringify as yaml } from 'yaml';
import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { jsonEvent, jsonEvents } from './json-events.js';
import { noSettings } from './no-settings.js';

const ending = z.union([
  z.object({ type: z.literal('complete') }),
  z.object({ type: z.literal('error'), error: z.string() }),
]);

/** Goose, driven with `run --output-format stream-json`: one JSON event a line, the last of them `complete`. */
export const goose: AiAgentAdapter = {
  aiAgent: 'GOOSE',
  provider: 'openai',
  defaultModel: 'gpt-4.1',
  modelBaseUrls: { OPENAI_HOST: '/openai' },
  parseSettings: noSettings('Goose'),

  render({ model, settings }) {
    const content = {
      GOOSE_PROVIDER: 'openai',
      GOOSE_MODEL: model ?? goose.defaultModel,
      GOOSE_MODE: 'auto',
      GOOSE_TELEMETRY_ENABLED: false,
      ...settings,
    };
    const file = yaml(content);
    return [
      { name: 'config.yaml', content: file },
      { name: 'config/config.yaml', content: file },
    ];
  },

  environment(key, { configurationFolder }) {
    return {
      OPENAI_API_KEY: key,
      GOOSE_PATH_ROOT: configurationFolder,
      GOOSE_DISABLE_KEYRING: '1',
      GOOSE_TELEMETRY_ENABLED: 'false',
      GOOSE_DISABLE_SESSION_NAMING: 'true',
    };
  },

  judge(tail) {
    const last = jsonEvents(tail).findLast((event) => ending.safeParse(event).success);
    if (!last) return 'Goose exited with 0 but wrote no complete event, so it did not finish.';
    const end = ending.parse(last);
    return end.type === 'error' ? `Goose ended with an error: ${end.error}` : undefined;
  },

  isTerminalEvent: (line) => ending.safeParse(jsonEvent(line)).success,
};
