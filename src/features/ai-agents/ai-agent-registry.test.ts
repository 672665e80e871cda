import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { ENDINGS } from '../../../tests/testkit/agent-endings.js';
import { settingsWith } from '../../../tests/testkit/ai-agents.js';
import { AI_AGENT_NAMES, AI_AGENTS } from '../../kernel/ai-agents.js';
import { adapterOf } from './ai-agent-registry.js';

describe.each(AI_AGENT_NAMES)('the adapter of %s', (aiAgent) => {
  const adapter = adapterOf(aiAgent);

  it('goes by its name', () => {
    expect(adapter.aiAgent).toBe(aiAgent);
  });

  it('renders the file that the specification names, with the model and without a key', () => {
    const files = adapter.render(settingsWith('some-model'));
    expect(files.find(({ name }) => name === AI_AGENTS[aiAgent].file)?.content).toContain('some-model');
  });

  it('gives the key by the variable that the specification names', () => {
    expect(adapter.providers[0].keyVariables).toContain(AI_AGENTS[aiAgent].keyVariable);
  });

  it('refuses settings that it does not know, by their path', () => {
    expect(adapter.parseSettings('input.settings', {})).toEqual({});
    expect(() => adapter.parseSettings('input.settings', { apiKeyHelper: 'cat /etc/passwd' })).toThrow(
      /no such setting/,
    );
  });

  const { cli } = AI_AGENTS[aiAgent];
  const valueIn = async (file: string, name: string) =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(await readFile(file, 'utf8'))?.[1];

  it('can be kept to a list of tools if its runner can', async () => {
    const tools = await valueIn(`runners/${cli}.sh`, 'AGENT_TOOLS');
    expect(adapter.restrictsTools).toBe(tools !== undefined);
  });

  it('has the default model that the image and the runner have', async () => {
    expect(await valueIn(`runners/${cli}.sh`, 'AGENT_DEFAULT_MODEL')).toBe(adapter.providers[0].defaultModel);
    const pinned = await valueIn('agent-image/versions.env', `${cli.toUpperCase()}_DEFAULT_MODEL`);
    expect(pinned ?? 'sonnet').toBe(adapter.providers[0].defaultModel);
  });

  it.each(['', 'plain text', '{"type":', '{"type":"system","subtype":"init"}', '{"type":{"result":1}}', '[]'])(
    'does not take %j for an end',
    (line) => {
      expect(adapter.isTerminalEvent(line)).toBe(false);
      expect(adapter.judge(line)).toMatch(/exited with 0/);
    },
  );

  it.each(ENDINGS[aiAgent])('judges an end with exit code 0 and $what', ({ lines, objection }) => {
    const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    const verdict = adapter.judge(`${texts.join('\n')}\n`);
    if (objection) expect(verdict).toMatch(objection);
    else expect(verdict).toBeUndefined();
    expect(adapter.judge(texts.join('\n'))).toBe(verdict);
  });

  it('knows the terminal event of an end that succeeds, and no other line of it', () => {
    const { lines } = ENDINGS[aiAgent][0]!;
    const terminal = lines.filter((line) => typeof line === 'object' && adapter.isTerminalEvent(JSON.stringify(line)));
    expect(terminal).toHaveLength(1);
    expect(terminal[0]).toBe(lines.findLast((line) => typeof line === 'object'));
  });
});
