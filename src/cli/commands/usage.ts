import {
  UsageDocument,
  type UsageDimension,
  type UsageFieldsFragment as Usage,
} from '../../../sdk/src/generated/graphql.js';
import { nameOfAiAgent } from '../ai-agent-names.js';
import { UsageError } from '../failure.js';
import { count, dollars } from '../output/figures.js';
import { renderTable, type Column } from '../output/table.js';
import type { Session } from '../session.js';
import { instanceId } from './resolve.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

const DIMENSIONS: Readonly<Record<string, { readonly name: UsageDimension; readonly column: Column<Usage> }>> = {
  day: { name: 'DAY', column: { head: 'DAY', cell: ({ day }) => day ?? '-' } },
  agent: {
    name: 'AI_AGENT',
    column: { head: 'AGENT', cell: ({ aiAgent }) => (aiAgent ? nameOfAiAgent(aiAgent) : '-') },
  },
  model: { name: 'MODEL', column: { head: 'MODEL', cell: ({ model }) => model ?? '-' } },
};

const figure = (head: string, value: (usage: Usage) => number): Column<Usage> => ({
  head,
  cell: (usage) => count(value(usage)),
  exact: (usage) => String(value(usage)),
  align: 'right',
});

const FIGURES: readonly Column<Usage>[] = [
  figure('CALLS', ({ requestCount }) => requestCount),
  figure('ERRORS', ({ errorCount }) => errorCount),
  figure('LIMITED', ({ limitedCount }) => limitedCount),
  figure('INPUT', ({ inputTokens }) => inputTokens),
  figure('CACHED', ({ cacheReadTokens, cacheWriteTokens }) => cacheReadTokens + cacheWriteTokens),
  figure('OUTPUT', ({ outputTokens, reasoningTokens }) => outputTokens + reasoningTokens),
  {
    head: 'COST',
    cell: ({ estimatedCost }) => dollars(estimatedCost),
    exact: ({ estimatedCost }) => estimatedCost ?? '',
    align: 'right',
  },
];

export interface UsageOptions {
  readonly instance?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by: readonly string[];
}

export async function showUsage(session: Session, { instance, by, ...days }: UsageOptions): Promise<undefined> {
  const { client, err, out, json, answer } = session;
  const dimensions = by.map((name) => {
    const dimension = Object.hasOwn(DIMENSIONS, name) ? DIMENSIONS[name] : undefined;
    if (dimension) return dimension;
    throw new UsageError(`--by ${name}: it takes ${Object.keys(DIMENSIONS).join(', ')}, between commas.`);
  });
  const to = days.to ?? new Date().toISOString().slice(0, 10);
  const from = days.from ?? new Date(Date.parse(to) - (DEFAULT_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const { usage } = await client.request(UsageDocument, {
    instanceId: await instanceId(session, instance),
    from,
    to,
    groupBy: dimensions.map(({ name }) => name),
  });
  if (usage.length === 0 && !json) await err.line(`There were no model calls from ${from} to ${to}.`);
  await answer(usage, () => renderTable(usage, [...dimensions.map(({ column }) => column), ...FIGURES], out));
}
