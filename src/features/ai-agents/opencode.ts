import { z } from 'zod';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { judgedBy, type EventSign } from './event-stream.js';
import { noSettings } from './no-settings.js';

const stepFinish = z.object({ type: z.literal('step_finish'), part: z.object({ reason: z.string() }) });
const errorEvent = z.object({
  type: z.literal('error'),
  error: z.object({ name: z.string(), data: z.object({ message: z.string() }).optional() }),
});
const answer = z.object({ type: z.literal('text'), part: z.object({ text: z.string() }) });
const toolUse = z.object({
  type: z.literal('tool_use'),
  part: z.object({ tool: z.string(), state: z.object({ status: z.string() }) }),
});

function signOf(event: object): EventSign | undefined {
  const reason = stepFinish.safeParse(event).data?.part.reason;
  if (reason === 'tool-calls') return undefined;
  if (reason !== undefined) return { kind: 'end', succeeded: reason === 'stop', reason: `finish reason ${reason}` };
  const { error } = errorEvent.safeParse(event).data ?? {};
  if (error) return { kind: 'end', succeeded: false, reason: error.data?.message ?? error.name };
  const said = answer.safeParse(event).data;
  if (said) return { kind: 'answer', text: said.part.text };
  const tool = toolUse.safeParse(event).data;
  return tool?.part.state.status === 'completed' ? { kind: 'tool' } : undefined;
}

/**
 * OpenCode, driven with `run --format json`: one JSON event a line; the last step finishes with another reason than
 * tool calls. It reads opencode.json in OPENCODE_CONFIG_DIR; config.toml is the specification's name for the same.
 */
export const opencode: AiAgentAdapter = {
  aiAgent: 'OPENCODE',
  provider: 'openai',
  defaultModel: 'openai/gpt-4.1',
  restrictsTools: false,
  modelBaseUrls: { OPENAI_BASE_URL: '/openai/v1' },
  parseSettings: noSettings('OpenCode'),

  render({ model, settings }) {
    const name = (model ?? opencode.defaultModel).replace(/^openai\//, '');
    const qualified = `openai/${name}`;
    const content = {
      $schema: 'https://opencode.ai/config.json',
      model: qualified,
      ...settings,
      autoupdate: false,
      share: 'disabled',
      permission: 'allow',
      // Its extra call for a title would be billed to the run.
      agent: { title: { disable: true } },
      // A model that OpenCode does not know is refused unless it is named here.
      provider: { openai: { models: { [name]: {} } } },
    };
    return [
      { name: 'opencode.json', content: `${JSON.stringify(content, null, 2)}\n` },
      {
        name: 'config.toml',
        content: `model = ${JSON.stringify(qualified)}\nautoupdate = false\nshare = "disabled"\n`,
      },
    ];
  },

  environment(key, { configurationFolder }) {
    return { OPENAI_API_KEY: key, OPENCODE_CONFIG_DIR: configurationFolder, OPENCODE_DISABLE_AUTOUPDATE: '1' };
  },

  ...judgedBy({
    cli: 'OpenCode',
    terminalEvent: 'last step',
    signOf: signOf,
  }),
};
