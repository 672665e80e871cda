import { describe, expect, it } from '@jest/globals';
import { parse as yaml } from 'yaml';
import { settingsWith } from '../../../tests/testkit/ai-agents.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { adapterOf } from './ai-agent-registry.js';
import { toml } from './toml.js';

/** Settings of each CLI, and how a file of its own shows them. */
const GOOD: readonly [AiAgent, settings: object, file: string, read: (text: string) => unknown, shown: object][] = [
  ['CLAUDE_CODE', { effortLevel: 'low' }, 'settings.json', JSON.parse, { effortLevel: 'low' }],
  [
    'GEMINI_CLI',
    { model: { maxSessionTurns: 9 } },
    '.gemini/settings.json',
    JSON.parse,
    { model: { name: 'm', maxSessionTurns: 9 } },
  ],
  [
    'OPENCODE',
    { agent: { build: { steps: 9 } } },
    'opencode.json',
    JSON.parse,
    { agent: { build: { steps: 9 }, title: { disable: true } } },
  ],
  ['GOOSE', { GOOSE_MAX_TURNS: 9 }, 'config/config.yaml', yaml, { GOOSE_MAX_TURNS: 9, GOOSE_MODEL: 'm' }],
  [
    'CODEX_CLI',
    { model_verbosity: 'low' },
    'config.yaml',
    yaml,
    { model_verbosity: 'low', analytics: { enabled: false } },
  ],
];

describe('settings', () => {
  it.each(GOOD)('of %s stand in its own file beside what is ours', (aiAgent, given, name, read, shown) => {
    const settings = adapterOf(aiAgent).parseSettings('input.settings', given);
    expect(settings).toEqual(given);
    const file = adapterOf(aiAgent)
      .render(settingsWith('m', { settings }))
      .find((each) => each.name === name);
    expect(read(file!.content)).toMatchObject(shown);
  });

  it.each<[AiAgent, object, string]>([
    ['CLAUDE_CODE', { hooks: {} }, 'input.settings.hooks'],
    ['CLAUDE_CODE', { apiKeyHelper: 'cat' }, 'input.settings.apiKeyHelper'],
    ['CLAUDE_CODE', { effortLevel: 'enormous' }, 'input.settings.effortLevel'],
    ['CLAUDE_CODE', { language: 'La\0tin' }, 'input.settings.language'],
    ['CLAUDE_CODE', { outputStyle: 'terse \ud800' }, 'input.settings.outputStyle'],
    ['CODEX_CLI', { sandbox_mode: 'x' }, 'input.settings.sandbox_mode'],
    ['CODEX_CLI', { model_context_window: 0 }, 'input.settings.model_context_window'],
    ['GEMINI_CLI', { model: { name: 'x' } }, 'input.settings.model.name'],
    ['GEMINI_CLI', { mcpServers: {} }, 'input.settings.mcpServers'],
    ['OPENCODE', { agent: { build: { prompt: 'x' } } }, 'input.settings.agent.build.prompt'],
    ['OPENCODE', { plugin: ['x'] }, 'input.settings.plugin'],
    ['GOOSE', { extensions: {} }, 'input.settings.extensions'],
    ['GOOSE', JSON.parse('{"__proto__":{"GOOSE_MAX_TURNS":1}}') as object, 'input.settings.__proto__'],
  ])('of %s that are not known or not valid are refused: %j', (aiAgent, given, path) => {
    let refusal: unknown;
    try {
      adapterOf(aiAgent).parseSettings('input.settings', given);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
  });

  it('names the settings that there are where one is not known', () => {
    expect(() => adapterOf('OPENCODE').parseSettings('s', { compaction: { x: 1 } })).toThrow('it takes auto, prune.');
  });
});

describe('the providers of OpenCode and Goose', () => {
  it.each([
    ['OPENCODE', 'anthropic', 'opencode.json', /"model": "anthropic\/m"/],
    ['OPENCODE', 'google', 'config.toml', /^model = "google\/m"$/m],
    ['GOOSE', 'anthropic', 'config/config.yaml', /^GOOSE_PROVIDER: anthropic$/m],
    ['GOOSE', 'google', 'config.yaml', /^GOOSE_PROVIDER: google$/m],
  ] as const)('%s is told of %s in %s', (aiAgent, provider, name, line) => {
    for (const model of ['m', `${provider}/m`].slice(0, aiAgent === 'GOOSE' ? 1 : 2)) {
      const files = adapterOf(aiAgent).render(settingsWith(model, { provider }));
      expect(files.find((file) => file.name === name)?.content).toMatch(line);
    }
  });
});

describe('toml', () => {
  it('writes tables of scalars, names that need quotes among them', () => {
    expect(toml({ a: 'x"y', t: { n: 1, 'a b': { b: true } } })).toBe(
      'a = "x\\"y"\n\n[t]\nn = 1\n\n[t."a b"]\nb = true\n',
    );
  });
});
