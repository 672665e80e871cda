import { stringify as yaml } from 'yaml';
import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { jsonEvent, jsonEvents } from './json-events.js';
import { noSettings } from './no-settings.js';

const endOfTurn = z.object({
  type: z.enum(['turn.completed', 'turn.failed']),
  error: z.object({ message: z.string() }).optional(),
});

/**
 * Codex CLI, driven with `exec --json`: one JSON event a line; a turn ends with `turn.completed` or `turn.failed`.
 * It reads config.toml in CODEX_HOME; config.yaml and CODEX_CONFIG_HOME are the specification's names for the same.
 */
export const codexCli: AiAgentAdapter = {
  aiAgent: 'CODEX_CLI',
  provider: 'openai',
  defaultModel: 'gpt-5.1-codex',
  modelBaseUrls: { OPENAI_BASE_URL: '/openai/v1' },
  parseSettings: noSettings('Codex CLI'),

  render({ model, settings }) {
    const content = {
      ...(model === null ? {} : { model }),
      ...settings,
      check_for_update_on_startup: false,
    };
    const toml = Object.entries(content).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
    return [
      { name: 'config.yaml', content: yaml(content) },
      { name: 'config.toml', content: `${toml.join('')}\n[analytics]\nenabled = false\n` },
    ];
  },

  environment(key, { configurationFolder }) {
    return { OPENAI_API_KEY: key, CODEX_HOME: configurationFolder, CODEX_CONFIG_HOME: configurationFolder };
  },

  judge(tail) {
    const last = jsonEvents(tail).findLast((event) => endOfTurn.safeParse(event).success);
    if (!last) return 'Codex CLI exited with 0 but completed no turn, so it did not finish.';
    const { type, error } = endOfTurn.parse(last);
    return type === 'turn.failed' ? `Codex CLI's turn failed: ${error?.message ?? 'without a word'}` : undefined;
  },

  isTerminalEvent: (line) => endOfTurn.safeParse(jsonEvent(line)).success,
};
