import { describe, expect, it } from '@jest/globals';
import { settingsWith } from '../../../tests/testkit/ai-agents.js';
import { claudeCode } from './claude-code.js';

describe('claudeCode', () => {
  it('renders the model into settings.json and leaves it out when there is none', () => {
    const [file] = claudeCode.render(settingsWith('opus'));
    expect(file?.name).toBe('settings.json');
    expect(JSON.parse(file!.content)).toMatchObject({ model: 'opus' });
    expect(JSON.parse(claudeCode.render(settingsWith(null))[0]!.content)).not.toHaveProperty('model');
  });

  it('approves the tools of its list', () => {
    const [file] = claudeCode.render(settingsWith(null, { allowedTools: ['Read', 'Bash(kubectl get:*)'] }));
    expect(JSON.parse(file!.content)).toMatchObject({ permissions: { allow: ['Read', 'Bash(kubectl get:*)'] } });
  });

  it('gives the configuration folder by the name that the specification wants', () => {
    const environment = claudeCode.environment({ configurationFolder: '/data/i/ai-agents/claude-code' }, 'anthropic');
    expect(environment).toMatchObject({
      CLAUDE_CONFIG_DIR: '/data/i/ai-agents/claude-code',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    });
  });
});
