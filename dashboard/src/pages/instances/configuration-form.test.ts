import { describe, expect, it } from '@jest/globals';
import { configurationFormErrors, configurationInputOf, formOfConfiguration } from './configuration-form.js';
import type { Configuration, ConfigurationForm } from './configuration-form.js';
import { keyFault } from './key-form.js';

const PRESENT: Configuration = {
  ...{ aiAgent: 'CLAUDE_CODE', configured: true, model: 'sonnet', provider: 'ANTHROPIC', baseUrl: null },
  ...{ allowedTools: ['Read', 'Grep'], settings: { verbose: true } },
};
const FORM = formOfConfiguration(PRESENT);
const KEY = 'sk-ant-0123456789';
const inputOf = (form: Partial<ConfigurationForm>, present = PRESENT): unknown =>
  JSON.parse(JSON.stringify(configurationInputOf('i', { ...FORM, ...form }, present)));

describe('the form of a configuration', () => {
  it('sends nothing but what was changed', () => {
    expect(inputOf({})).toEqual({ instanceId: 'i', aiAgent: 'CLAUDE_CODE' });
    expect(inputOf({ model: 'opus', allowedTools: 'Read\n\n Bash(kubectl get:*)', apiKey: KEY })).toEqual({
      ...{ instanceId: 'i', aiAgent: 'CLAUDE_CODE', model: 'opus', apiKey: KEY },
      allowedTools: ['Read', 'Bash(kubectl get:*)'],
    });
  });

  it('gives back what was emptied', () => {
    expect(inputOf({ model: '', allowedTools: ' ', settings: '' })).toEqual({
      ...{ instanceId: 'i', aiAgent: 'CLAUDE_CODE', model: null, allowedTools: null, settings: null },
    });
  });

  it('says model and base URL again with another provider', () => {
    const goose = { ...PRESENT, aiAgent: 'GOOSE' as const, allowedTools: null };
    expect(inputOf({ provider: 'OPENAI', model: 'sonnet', apiKey: KEY, allowedTools: '' }, goose)).toEqual({
      ...{ instanceId: 'i', aiAgent: 'GOOSE', provider: 'OPENAI', model: 'sonnet', baseUrl: null, apiKey: KEY },
    });
  });

  it('never begins with a key', () => {
    expect(FORM.apiKey).toBe('');
  });

  it('wants the key of what is new', () => {
    expect(configurationFormErrors(FORM, PRESENT)).toEqual({});
    expect(configurationFormErrors(FORM, { ...PRESENT, configured: false })).toHaveProperty('apiKey');
    expect(configurationFormErrors({ ...FORM, baseUrl: 'https://models.example.com' }, PRESENT)).toHaveProperty(
      'apiKey',
    );
    expect(configurationFormErrors({ ...FORM, provider: 'OPENAI' }, PRESENT)).toHaveProperty('apiKey');
    expect(configurationFormErrors({ ...FORM, provider: 'OPENAI', apiKey: KEY }, PRESENT)).toEqual({});
  });

  it.each(['[]', 'null', '{', '"x"'])('refuses %s as settings', (settings) => {
    expect(configurationFormErrors({ ...FORM, settings }, PRESENT)).toHaveProperty('settings');
  });
});

describe('keyFault', () => {
  it.each(['short', 'has a space in it', `line\nbreak-12345`, 'x'.repeat(513), 'schlüssel-1234'])(
    'refuses %j without repeating it',
    (key) => {
      expect(keyFault(key)).toMatch(/8 to 512 printable/);
      expect(keyFault(key)).not.toContain(key);
    },
  );

  it('takes a key', () => {
    expect(keyFault(KEY)).toBeUndefined();
    expect(keyFault('')).toMatch(/Give/);
  });
});
