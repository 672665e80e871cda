import { describe, expect, it } from '@jest/globals';
import { DemoFailure } from './demo-failure.js';
import { readOptions } from './options.js';

describe('readOptions', () => {
  it('has defaults for everything', () => {
    expect(readOptions([], {}, '/srv')).toEqual({
      once: false,
      json: false,
      agent: { aiAgent: 'CLAUDE_CODE', name: 'Claude Code', keyVariable: 'ANTHROPIC_API_KEY' },
      dataDir: '/srv/.data',
      url: undefined,
      apiKey: undefined,
      runtime: undefined,
      dockerHost: undefined,
      upstream: 'mock',
      providerKey: undefined,
    });
  });

  it('reads flags and environment', () => {
    const environment = { DATA_DIR: '/data', TRIAGED_URL: 'http://host:1/', RUNTIME: 'local' };
    expect(readOptions(['--once', '--json', '--agent', 'goose'], environment, '/srv')).toMatchObject({
      once: true,
      json: true,
      agent: { aiAgent: 'GOOSE' },
      dataDir: '/data',
      url: 'http://host:1',
      runtime: 'local',
    });
    expect(readOptions(['-h'], {}, '/srv')).toBe('help');
  });

  it('wants a key for the real provider, and never takes one for the mock', () => {
    expect(() => readOptions([], { MODEL_UPSTREAM: 'http' }, '/srv')).toThrow(DemoFailure);
    const options = readOptions([], { MODEL_UPSTREAM: 'http', ANTHROPIC_API_KEY: 'key' }, '/srv');
    expect(options).toMatchObject({ upstream: 'http', providerKey: 'key' });
    const ofCodex = { MODEL_UPSTREAM: 'http', ANTHROPIC_API_KEY: 'key' };
    expect(() => readOptions(['--agent=codex'], ofCodex, '/srv')).toThrow(/OPENAI_API_KEY is not set/);
    expect(readOptions([], { ANTHROPIC_API_KEY: 'key' }, '/srv')).toMatchObject({ providerKey: undefined });
  });

  it.each([['--nonsense'], ['--once=3'], ['--agent=toString'], ['word']])(
    'refuses %s and shows the usage',
    (argument) => {
      expect(() => readOptions([argument], {}, '/srv')).toThrow(
        expect.objectContaining({ advice: expect.stringContaining('Usage') }),
      );
    },
  );
});
