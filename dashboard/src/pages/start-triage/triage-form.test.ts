import { describe, expect, it } from '@jest/globals';
import { clusterFault, EMPTY_TRIAGE_FORM, formOfRun, triageFormErrors, triageInputOf } from './triage-form.js';
import type { TriageForm } from './triage-form.js';

const GOOD: TriageForm = {
  ...EMPTY_TRIAGE_FORM,
  instanceId: 'i',
  aiAgent: 'CODEX_CLI',
  prompt: 'Why?',
  incident: '{"a":1}',
};

describe('triageFormErrors', () => {
  it('names every field that has to be filled', () => {
    expect(Object.keys(triageFormErrors(EMPTY_TRIAGE_FORM))).toEqual(['instanceId', 'aiAgent', 'prompt', 'incident']);
    expect(triageFormErrors(GOOD)).toEqual({});
  });

  it.each(['0', '1.5', '86401', 'ten'])('refuses a time of %s seconds', (timeoutSeconds) => {
    expect(triageFormErrors({ ...GOOD, timeoutSeconds })).toHaveProperty('timeoutSeconds');
  });

  it('counts the characters of a prompt, not its UTF-16 units', () => {
    expect(triageFormErrors({ ...GOOD, prompt: '😀'.repeat(10_000), systemPrompt: 'x'.repeat(10_000) })).toEqual({});
    expect(triageFormErrors({ ...GOOD, prompt: 'x'.repeat(10_001), systemPrompt: ' ' })).toEqual({
      prompt: 'The prompt may have 10,000 characters at most; this one has 10001.',
      systemPrompt: 'The system prompt is empty: say what to look into.',
    });
  });
});

describe('clusterFault', () => {
  const items = [{ id: 'a' }];

  it.each([
    { clusterId: '', items: undefined, nextCursor: undefined, fault: undefined },
    { clusterId: 'a', items: undefined, nextCursor: undefined, fault: 'not read' },
    { clusterId: 'a', items, nextCursor: null, fault: undefined },
    { clusterId: 'b', items, nextCursor: null, fault: 'deleted' },
    { clusterId: 'b', items, nextCursor: 'more', fault: undefined },
  ])('of "$clusterId" among $items, then $nextCursor: $fault', ({ clusterId, fault, ...clusters }) => {
    expect(clusterFault(clusterId, clusters)).toBe(fault);
  });
});

describe('triageInputOf', () => {
  it('leaves out what was left empty', () => {
    expect(JSON.parse(JSON.stringify(triageInputOf(GOOD, 'key')))).toEqual({
      instanceId: 'i',
      aiAgent: 'CODEX_CLI',
      prompt: 'Why?',
      incident: '{"a":1}',
      debug: false,
      idempotencyKey: 'key',
    });
  });

  it('names tools for Claude Code alone', () => {
    const form = { ...GOOD, allowedTools: ' Read \n\nBash(kubectl get:*)\n' };
    expect(triageInputOf(form, 'key').allowedTools).toBeUndefined();
    expect(triageInputOf({ ...form, aiAgent: 'CLAUDE_CODE' }, 'key').allowedTools).toEqual([
      'Read',
      'Bash(kubectl get:*)',
    ]);
  });

  it('asks for the same as an earlier run did', () => {
    const run = {
      ...{ instanceId: 'i', clusterId: 'c', aiAgent: 'CLAUDE_CODE' as const, model: 'sonnet', prompt: ' Why? ' },
      ...{ systemPrompt: null, incident: '{ }', allowedTools: ['Read', 'Grep'], timeoutSeconds: 600 },
      ...{ memoryBytes: 1.5 * 1024 ** 3, debug: true },
    };
    expect(triageInputOf(formOfRun(run), 'key')).toEqual({
      ...{ instanceId: 'i', clusterId: 'c', aiAgent: 'CLAUDE_CODE', model: 'sonnet', prompt: ' Why? ' },
      ...{ systemPrompt: undefined, incident: '{ }', allowedTools: ['Read', 'Grep'], timeoutSeconds: 600 },
      ...{ memory: '1536m', debug: true, idempotencyKey: 'key' },
    });
  });

  it.each([
    [2 * 1024 ** 3, '2g'],
    [3 * 1024, '3k'],
    [1000, '1000'],
  ])('says %d bytes as %s', (memoryBytes, memory) => {
    const run = {
      ...GOOD,
      aiAgent: 'GOOSE' as const,
      allowedTools: null,
      timeoutSeconds: 1,
      memoryBytes,
      debug: false,
    };
    expect(formOfRun(run).memory).toBe(memory);
  });
});
