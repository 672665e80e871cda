import { describe, expect, it } from '@jest/globals';
import { actionName, auditFilterOf, NO_AUDIT_FILTER } from './audit-filter.js';

describe('auditFilterOf', () => {
  it('leaves out what was left empty', () => {
    expect(JSON.stringify(auditFilterOf({ ...NO_AUDIT_FILTER, keyId: ' ' }))).toBe('{}');
  });

  it('includes the last day, by the clock of who reads', () => {
    expect(auditFilterOf({ ...NO_AUDIT_FILTER, from: '2026-02-28', to: '2026-02-28' })).toMatchObject({
      from: new Date(2026, 1, 28).toISOString(),
      to: new Date(2026, 2, 1).toISOString(),
    });
  });

  it('says the others as they are', () => {
    const form = { ...NO_AUDIT_FILTER, action: 'TOOL_CREATED' as const, instanceId: 'i', keyId: ' trg_ab ' };
    expect(auditFilterOf(form)).toMatchObject({ action: 'TOOL_CREATED', instanceId: 'i', keyId: 'trg_ab' });
  });
});

describe('actionName', () => {
  it.each([
    ['CREDENTIAL_ROTATED', 'Credential rotated'],
    ['AI_AGENT_LIMIT_REACHED', 'AI agent limit reached'],
    ['RUN_STARTED', 'Run started'],
  ])('says %s as %s', (action, name) => expect(actionName(action)).toBe(name));
});
