import { z } from 'zod';
import { badUserInput } from '../../kernel/errors.js';
import type { AiAgentAdapter } from './ai-agent-adapter.js';

const settingsSchema = z.strictObject({});

const resultEvent = z.object({
  type: z.literal('result'),
  subtype: z.string().optional(),
  is_error: z.boolean().optional(),
});

function resultIn(line: string): z.infer<typeof resultEvent> | undefined {
  if (!line.includes('"result"')) return undefined;
  try {
    return resultEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Claude Code, driven with `-p --output-format stream-json`: one JSON event a line, the last of them a `result`. */
export const claudeCode: AiAgentAdapter = {
  aiAgent: 'CLAUDE_CODE',
  defaultModel: 'sonnet',
  modelBaseUrls: { ANTHROPIC_BASE_URL: '/anthropic' },

  parseSettings(path, settings) {
    const parsed = settingsSchema.safeParse(settings ?? {});
    if (!parsed.success) throw badUserInput(path, `Claude Code has no such setting: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  },

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
    const result = tail
      .split('\n')
      .map(resultIn)
      .findLast((event) => event !== undefined);
    if (!result) return 'Claude Code exited with 0 but wrote no result event, so it did not finish.';
    if (result.is_error === true || (result.subtype !== undefined && result.subtype !== 'success')) {
      return `Claude Code ended with the result ${JSON.stringify(result.subtype ?? 'error')}.`;
    }
    return undefined;
  },
};
