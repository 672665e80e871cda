import {
  InstanceLimitsDocument,
  SetAiAgentLimitsDocument,
  type AiAgentLimitsFieldsFragment as Limits,
} from '../../../sdk/src/generated/graphql.js';
import { count } from '../output/figures.js';
import { renderFields } from '../output/table.js';
import type { Session } from '../session.js';
import { targetOf, type AiAgentOptions } from './ai-agents.js';

type Limit = number | null;

export interface LimitsOptions extends AiAgentOptions {
  readonly requestsPerMinute?: Limit;
  readonly tokensPerMinute?: Limit;
  readonly concurrentCalls?: Limit;
  readonly runTokens?: Limit;
  readonly runCost?: Limit;
  readonly dayTokens?: Limit;
  readonly dayCost?: Limit;
}

/** Shows the limits; those that are given are set first. */
export async function limits(session: Session, options: LimitsOptions): Promise<undefined> {
  const { client, answer, out } = session;
  const target = await targetOf(session, options);
  const set = changesOf(options);
  const now =
    Object.keys(set).length > 0
      ? (await client.request(SetAiAgentLimitsDocument, { input: { ...target, ...set } })).setAiAgentLimits
      : (await client.request(InstanceLimitsDocument, { id: target.instanceId })).instance.aiAgents.find(
          ({ aiAgent }) => aiAgent === target.aiAgent,
        )!;
  await answer(now, () => renderFields(fieldsOf(now.limits, options.agent), out));
}

/** Only what was given: the rest stays as it is. */
function changesOf(options: LimitsOptions) {
  const { requestsPerMinute, tokensPerMinute, concurrentCalls, runTokens, runCost, dayTokens, dayCost } = options;
  const given = <Value extends object>(value: Value): Partial<Value> =>
    Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<Value>;
  const runBudget = given({ tokens: runTokens, costUsd: runCost });
  const dayBudget = given({ tokens: dayTokens, costUsd: dayCost });
  return {
    ...given({ requestsPerMinute, tokensPerMinute, concurrentCalls }),
    ...(Object.keys(runBudget).length > 0 ? { runBudget } : {}),
    ...(Object.keys(dayBudget).length > 0 ? { dayBudget } : {}),
  };
}

function fieldsOf({ runBudget, dayBudget, ...limits }: Limits, agent: string) {
  const amount = (value: Limit | undefined) => (value == null ? 'none' : count(value));
  const dollars = (value: Limit | undefined) => (value == null ? 'none' : `$${value}`);
  return [
    ['AI agent', agent],
    ['requests per minute', amount(limits.requestsPerMinute)],
    ['tokens per minute', amount(limits.tokensPerMinute)],
    ['concurrent calls', amount(limits.concurrentCalls)],
    ['tokens of a run', amount(runBudget.tokens)],
    ['cost of a run', dollars(runBudget.costUsd)],
    ['tokens of a day', amount(dayBudget.tokens)],
    ['cost of a day', dollars(dayBudget.costUsd)],
  ] as const;
}
