import type { RunReasonCode } from './run-state.js';

/** A likelier name for a failure than what it looks like from outside. */
export interface FailureHint {
  readonly code: Extract<RunReasonCode, 'LIMIT_REACHED' | 'PERMISSION_DENIED'>;
  readonly message: string;
}

const LAST_LINES = 5;
const LINE_LENGTH = 16 * 1024;

const HINTS: readonly (FailureHint & { readonly pattern: RegExp })[] = [
  {
    pattern:
      /(?:usage|spend(?:ing)?|rate|credit|token|session|weekly) limit (?:was |has been )?(?:reached|exceeded|hit)|(?:hit|reached|exceeded) your (?:[\w-]+ ){0,3}(?:limit|quota)|credit balance is too low|insufficient[_ ]quota|quota (?:was |has been )?exceeded|RESOURCE_EXHAUSTED/i,
    code: 'LIMIT_REACHED',
    message: "The provider's limit for this key is spent. Raise it or wait, then start the triage again.",
  },
  {
    pattern:
      /"permission_denials":\s*\[\s*\{|permission requested: .*(?:auto-)?reject|rejected permission|user rejected|approval (?:was )?(?:required|denied)/i,
    code: 'PERMISSION_DENIED',
    message: 'The agent was refused a tool that it needed. Name it in allowedTools.',
  },
];

/**
 * Looks for a cause in the last words of an agent that failed. It only names a failure and never makes one, because text is
 * no proof: the same words may stand in a report on somebody else's limit.
 */
export function failureHint(tail: string): FailureHint | undefined {
  const lines = tail.split('\n').filter((line) => line.trim() !== '');
  const words = lines.slice(-LAST_LINES).map((line) => line.slice(-LINE_LENGTH));
  const found = HINTS.find(({ pattern }) => words.some((line) => pattern.test(line)));
  return found && { code: found.code, message: found.message };
}
