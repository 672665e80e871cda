import { describe, expect, it } from '@jest/globals';
import { claudeCode } from './claude-code.js';

const result = (more: object) => JSON.stringify({ type: 'result', subtype: 'success', is_error: false, ...more });

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

  it('accepts a log that ends with a successful result, with or without a last newline', () => {
    expect(claudeCode.judge(`cut line"}\n{"type":"assistant"}\n${result({})}`)).toBeUndefined();
    expect(claudeCode.judge(`${result({})}\nwrote the archive\n`)).toBeUndefined();
  });

  it.each([
    ['nothing', '', /no result event/],
    ['text that mentions "result"', 'the "result" is {"type":"result"', /no result event/],
    ['a failed result', result({ subtype: 'error_max_turns' }), /error_max_turns/],
    ['a result that is an error', result({ is_error: true }), /success/],
    ['a failure after a success', `${result({})}\n${result({ is_error: true })}`, /ended with/],
  ])('does not accept %s', (_, tail, reason) => {
    expect(claudeCode.judge(tail)).toMatch(reason);
  });
});
