import { useMemo } from 'react';
import { AI_AGENT_NAMES, Empty, ErrorBox, Skeleton } from '../../ui/index.js';
import { useUsage } from './use-usage.js';
import type { Usage } from './use-usage.js';
import { UsageChart } from './usage-chart.js';
import { GROUPING_WORDS, MEASURE_WORDS } from './usage-choices.js';
import type { Choice } from './usage-choices.js';
import { rangeFault, usageByDay } from './usage-series.js';
import type { Measure, UsageSum } from './usage-series.js';
import { DaysTable, TotalsTable } from './usage-tables.js';

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

const money = (usd: number): string => `$${usd !== 0 && Math.abs(usd) < 1 ? usd.toFixed(4) : usd.toFixed(2)}`;

const FORMATS: Readonly<
  Record<Measure, { readonly exact: (figure: number) => string; readonly short: (figure: number) => string }>
> = {
  COST: { exact: money, short: money },
  TOKENS: { exact: (figure) => whole.format(figure), short: (figure) => compact.format(figure) },
  REQUESTS: { exact: (figure) => whole.format(figure), short: (figure) => compact.format(figure) },
};

const aiAgentOf = ({ aiAgent }: UsageSum): string => (aiAgent ? AI_AGENT_NAMES[aiAgent] : 'No AI agent');
const modelOf = ({ model }: UsageSum): string => model ?? 'No model answered';

const sumOf = (usage: readonly Usage[], figure: (sum: Usage) => number): number =>
  usage.reduce((sum, each) => sum + figure(each), 0);

/** The chosen figures as chart and tables. */
export function UsageView({ choice }: { readonly choice: Choice }) {
  const { instanceId, from, to, grouping, measure } = choice;
  const isFaulty = rangeFault(from, to) !== undefined;
  const { data, problem, reload } = useUsage(instanceId, { from, to }, grouping, { pause: isFaulty });
  const nameOf = grouping === 'MODEL' ? modelOf : aiAgentOf;
  const usage = useMemo(
    () => data && !isFaulty && usageByDay(data, { from, to, measure, nameOf }),
    [data, isFaulty, from, to, measure, nameOf],
  );
  const { exact, short } = FORMATS[measure];
  if (isFaulty) return null;
  if (!data || !usage) return problem ? <ErrorBox problem={problem} onRetry={reload} /> : <Skeleton />;
  const word = MEASURE_WORDS[measure];
  const unpriced = sumOf(data, (sum) => sum.unpricedTokens);
  return (
    <>
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      {data.length === 0 ? (
        <Empty title="No model calls in this range">
          Calls appear here within a second or two, while they are made.
        </Empty>
      ) : (
        <>
          <section className="panel stack">
            <dl className="usage-totals">
              <Total word="Estimated cost" text={money(sumOf(data, (sum) => Number(sum.estimatedCost ?? 0)))} />
              <Total word="Tokens" text={whole.format(sumOf(data, (sum) => sum.tokenCount))} />
              <Total word="Model calls" text={whole.format(sumOf(data, (sum) => sum.requestCount))} />
              <Total word="Errors" text={whole.format(sumOf(data, (sum) => sum.errorCount))} />
            </dl>
            {unpriced > 0 && (
              <p className="soft">{whole.format(unpriced)} tokens are of models without a price, and in no cost.</p>
            )}
            <UsageChart
              usage={usage}
              format={short}
              label={`${word} by day from ${from} to ${to}, ${exact(usage.total)} in all. The same figures stand in the table below.`}
            />
          </section>
          <DaysTable usage={usage} format={exact} caption={`${word} by day (UTC) and ${GROUPING_WORDS[grouping]}`} />
          <TotalsTable usage={data} nameOf={nameOf} money={money} head={GROUPING_WORDS[grouping]} />
        </>
      )}
    </>
  );
}

const Total = ({ word, text }: { readonly word: string; readonly text: string }) => (
  <div>
    <dt>{word}</dt>
    <dd>{text}</dd>
  </div>
);
