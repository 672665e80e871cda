import { describe, expect, it } from '@jest/globals';
import { TriagedError } from '../../kernel/errors.js';
import { newInstanceId } from '../../kernel/ids.js';
import { checkTriageInput, digestOf } from './triage-input.js';
import type { TriageInput } from './triage-input.js';

const input: TriageInput = {
  instanceId: newInstanceId(),
  aiAgent: 'CLAUDE_CODE',
  prompt: 'Why does it crash?',
  incident: '{"id":"inc-1"}',
};

const refusal = (change: Partial<TriageInput>): TriagedError => {
  try {
    checkTriageInput({ ...input, ...change });
  } catch (error) {
    if (error instanceof TriagedError) return error;
    throw error;
  }
  throw new Error('accepted');
};

describe('checkTriageInput', () => {
  it('keeps the input and makes null of what was left out', () => {
    expect(checkTriageInput(input)).toEqual({
      ...input,
      clusterId: null,
      model: null,
      systemPrompt: null,
      allowedTools: null,
      timeoutSeconds: null,
      memoryBytes: null,
      debug: false,
      idempotencyKey: null,
    });
  });

  it('accepts the limits themselves', () => {
    const padded = { text: '' };
    padded.text = 'x'.repeat(256 * 1024 - Buffer.byteLength(JSON.stringify(padded)));
    const incident = JSON.stringify(padded);
    expect(Buffer.byteLength(incident)).toBe(256 * 1024);
    const checked = checkTriageInput({
      ...input,
      incident,
      prompt: '🦉'.repeat(10_000),
      systemPrompt: '🦉'.repeat(10_000),
      memory: '64m',
      timeoutSeconds: 86_400,
      allowedTools: ['Read', 'Bash(kubectl get:*)', 'Read'],
      model: 'sonnet[1m]',
    });
    expect(checked).toMatchObject({ memoryBytes: 64 * 1024 ** 2, allowedTools: ['Read', 'Bash(kubectl get:*)'] });
    expect(refusal({ incident: incident.replace('x', 'xx') }).details).toMatchObject({ path: 'input.incident' });
  });

  it.each<[string, Partial<TriageInput>]>([
    ['instanceId', { instanceId: 'inst-001' }],
    ['prompt', { prompt: ' \n' }],
    ['prompt', { prompt: 'x'.repeat(10_001) }],
    ['prompt', { prompt: '🦉'.repeat(10_001) }],
    ['prompt', { prompt: 'a\0b' }],
    ['systemPrompt', { systemPrompt: ' \n' }],
    ['systemPrompt', { systemPrompt: 'x'.repeat(10_001) }],
    ['systemPrompt', { systemPrompt: '\ud800' }],
    ['prompt', { prompt: '\ud800' }],
    ['incident', { incident: '' }],
    ['incident', { incident: '[]' }],
    ['incident', { incident: 'null' }],
    ['model', { model: '' }],
    ['model', { model: '--dangerously' }],
    ['model', { model: 'a b' }],
    ['allowedTools', { aiAgent: 'CODEX_CLI', allowedTools: ['Read'] }],
    ['allowedTools', { allowedTools: [] }],
    ['allowedTools.1', { allowedTools: ['Read', 'Bash,Write'] }],
    ['allowedTools.0', { allowedTools: ['--help'] }],
    ['allowedTools.0', { allowedTools: ['Bash(a\nb)'] }],
    ['timeoutSeconds', { timeoutSeconds: 0 }],
    ['timeoutSeconds', { timeoutSeconds: 86_401 }],
    ['memory', { memory: '63m' }],
    ['memory', { memory: '65g' }],
    ['memory', { memory: 'much' }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'a b' }],
  ])('refuses a wrong %s', (path, change) => {
    const error = refusal(change);
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.details.path).toBe(`input.${path}`);
  });

  it('tells where malformed JSON is wrong', () => {
    expect(refusal({ incident: '{"id": }' }).details).toMatchObject({ position: 7 });
  });
});

describe('digestOf', () => {
  it('differs for each part of the input but not for the idempotency key', () => {
    const digest = (change: Partial<TriageInput>): string =>
      digestOf(checkTriageInput({ ...input, ...change })).toString('hex');
    const changes: Partial<TriageInput>[] = [
      {},
      { prompt: 'other' },
      { incident: '{}' },
      { model: 'opus' },
      { debug: true },
      { memory: '1g' },
      { timeoutSeconds: 5 },
      { allowedTools: ['Read'] },
      { systemPrompt: 'Be brief.' },
      { clusterId: '00000000-0000-4000-8000-000000000001' },
    ];
    expect(new Set(changes.map(digest)).size).toBe(changes.length);
    expect(digest({ idempotencyKey: 'k' })).toBe(digest({}));
  });
});
