import { describe, expect, it } from '@jest/globals';
import { failureHint } from './failure-hint.js';

const result = (text: string, more: object = {}) =>
  JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: text, ...more });

describe('failureHint', () => {
  it.each([
    ['LIMIT_REACHED', result('Claude AI usage limit reached|1755806400')],
    ['LIMIT_REACHED', result('Credit balance is too low')],
    ['LIMIT_REACHED', "You've hit your weekly limit · resets 3pm"],
    ['LIMIT_REACHED', 'ERROR: You exceeded your current quota, please check your plan and billing details.'],
    ['LIMIT_REACHED', '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}'],
    ['PERMISSION_DENIED', result('I may not.', { permission_denials: [{ tool_name: 'Bash' }] })],
    ['PERMISSION_DENIED', '! permission requested: bash (kubectl get pods); auto-rejecting'],
  ])('names %s for %s', (code, line) => {
    expect(failureHint(`{"type":"assistant"}\n${line}\n`)?.code).toBe(code);
  });

  it.each([
    ['a result without denials', result('The pod lacks memory.', { permission_denials: [] })],
    ['what the pod was refused', result('Error: permission denied while opening /etc/app.conf')],
    ['words far from the end', `usage limit reached\n${'{"type":"user"}\n'.repeat(5)}`],
    ['nothing', ''],
  ])('is silent about %s', (_, tail) => {
    expect(failureHint(tail)).toBeUndefined();
  });

  it('takes no long time for a long hostile line', () => {
    const begun = performance.now();
    for (const piece of ['hit your ', 'permission requested: ', '"permission_denials": [ '])
      failureHint(piece.repeat(200_000));
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
