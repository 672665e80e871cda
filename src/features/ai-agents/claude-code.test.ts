import { describe, expect, it } from '@jest/globals';
import { claudeCode } from './claude-code.js';

describe('claudeCode', () => {
  it('renders the model into settings.json and leaves it out when there is none', () => {
    const [file] = claudeCode.render({ model: 'opus', settings: {} });
    expect(file?.name).toBe('settings.json');
    expect(JSON.parse(file!.content)).toMatchObject({ model: 'opus' });
    expect(JSON.parse(claudeCode.render({ model: null, settings: {} })[0]!.content)).not.toHaveProperty('model');
  });

  it('gives the key and the configuration folder by the names that the specification wants', () => {
    expect(claudeCode.environment('key-12345', { configurationFolder: '/data/i/ai-agents/claude-code' })).toMatchObject(
      {
        ANTHROPIC_API_KEY: 'key-12345',
        CLAUDE_CONFIG_DIR: '/data/i/ai-agents/claude-code',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
    );
  });
});
