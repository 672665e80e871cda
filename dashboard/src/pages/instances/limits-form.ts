import type { AiAgent, SetAiAgentLimitsInput } from '../../../../sdk/src/generated/graphql.js';

/** As the API gives them; null is no limit. */
export interface Limits {
  readonly requestsPerMinute?: number | null | undefined;
  readonly tokensPerMinute?: number | null | undefined;
  readonly concurrentCalls?: number | null | undefined;
  readonly runBudget: { readonly tokens?: number | null | undefined; readonly costUsd?: number | null | undefined };
  readonly dayBudget: { readonly tokens?: number | null | undefined; readonly costUsd?: number | null | undefined };
}

interface LimitField {
  /** As the server names it in `details.path`, behind `input.` */
  readonly path: string;
  readonly label: string;
  readonly maximum: number;
  /** In US dollars; otherwise a whole number. */
  readonly isMoney: boolean;
  readonly of: (limits: Limits) => number | null | undefined;
}

export const LIMIT_FIELDS = [
  whole('requestsPerMinute', 'Model calls in a minute', 1_000_000, (limits) => limits.requestsPerMinute),
  whole('tokensPerMinute', 'Tokens in a minute', 1e12, (limits) => limits.tokensPerMinute),
  whole('concurrentCalls', 'Model calls at once', 1_000, (limits) => limits.concurrentCalls),
  whole('runBudget.tokens', 'Tokens of each run', 1e12, (limits) => limits.runBudget.tokens),
  money('runBudget.costUsd', 'Cost of each run, in USD', (limits) => limits.runBudget.costUsd),
  whole('dayBudget.tokens', 'Tokens of each day (UTC)', 1e12, (limits) => limits.dayBudget.tokens),
  money('dayBudget.costUsd', 'Cost of each day (UTC), in USD', (limits) => limits.dayBudget.costUsd),
] as const satisfies readonly LimitField[];

function whole(path: string, label: string, maximum: number, of: LimitField['of']): LimitField {
  return { path, label, maximum, isMoney: false, of };
}

function money(path: string, label: string, of: LimitField['of']): LimitField {
  return { path, label, maximum: 1_000_000, isMoney: true, of };
}

/** Texts by the fields' paths; empty is no limit. */
export type LimitsForm = Readonly<Record<string, string>>;

export const formOfLimits = (limits: Limits): LimitsForm =>
  Object.fromEntries(LIMIT_FIELDS.map((field) => [field.path, String(field.of(limits) ?? '')]));

function numberOf(text: string): number | null {
  // Thousands may be parted by commas or spaces, as the pages show them.
  const digits = text.replace(/[\s,_]/g, '');
  return digits === '' ? null : Number(digits);
}

function faultOf({ maximum, isMoney }: LimitField, text: string): string | undefined {
  const value = numberOf(text);
  if (value === null) return undefined;
  const top = maximum.toLocaleString('en');
  if (isMoney) {
    return value >= 0.000001 && value <= maximum ? undefined : `An amount from 0.000001 to ${top}, or nothing.`;
  }
  return Number.isSafeInteger(value) && value >= 1 && value <= maximum
    ? undefined
    : `A whole number from 1 to ${top}, or nothing.`;
}

export function limitsFormErrors(form: LimitsForm): Record<string, string> {
  const faults = LIMIT_FIELDS.map((field) => [field.path, faultOf(field, form[field.path] ?? '')] as const);
  return Object.fromEntries(faults.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** Only what differs from what the form began with, so that nothing is undone that somebody else has set meanwhile. */
export function limitsInputOf(
  instanceId: string,
  aiAgent: AiAgent,
  form: LimitsForm,
  before: LimitsForm,
): SetAiAgentLimitsInput {
  const changed = (path: string): number | null | undefined => {
    const [value, present] = [numberOf(form[path] ?? ''), numberOf(before[path] ?? '')];
    return value === present ? undefined : value;
  };
  const budget = (name: 'runBudget' | 'dayBudget') => ({
    tokens: changed(`${name}.tokens`),
    costUsd: changed(`${name}.costUsd`),
  });
  return {
    instanceId,
    aiAgent,
    requestsPerMinute: changed('requestsPerMinute'),
    tokensPerMinute: changed('tokensPerMinute'),
    concurrentCalls: changed('concurrentCalls'),
    runBudget: budget('runBudget'),
    dayBudget: budget('dayBudget'),
  };
}
