import { Table } from '../../ui/index.js';
import type { Column } from '../../ui/index.js';
import type { Usage } from './use-usage.js';
import type { UsageByDay } from './usage-series.js';

const whole = new Intl.NumberFormat('en');

/** The chart's figures; days without any are left out, the newest comes first. */
export function DaysTable({
  usage,
  format,
  caption,
}: {
  readonly usage: UsageByDay;
  readonly format: (figure: number) => string;
  readonly caption: string;
}) {
  const places = usage.days.map((_, place) => place).filter((place) => usage.totals[place] !== 0);
  const columns: Column<number>[] = [
    { head: 'Day (UTC)', kind: 'main', cell: (place) => usage.days[place] },
    ...usage.series.map(({ name, values }) => ({
      head: name,
      kind: 'number' as const,
      cell: (place: number) => format(values[place] ?? 0),
    })),
    { head: 'Total', kind: 'number', cell: (place) => <strong>{format(usage.totals[place] ?? 0)}</strong> },
  ];
  return (
    <section className="stack">
      <h2>{caption}</h2>
      <div className="usage-days" tabIndex={0} role="region" aria-label={caption}>
        <Table
          caption={caption}
          columns={columns}
          rows={places.toReversed()}
          keyOf={(place) => usage.days[place] ?? ''}
        />
      </div>
    </section>
  );
}

interface Sum {
  readonly name: string;
  readonly of: readonly Usage[];
}

/** Every figure over the whole range. */
export function TotalsTable({
  usage,
  nameOf,
  money,
  head,
}: {
  readonly usage: readonly Usage[];
  readonly nameOf: (sum: Usage) => string;
  readonly money: (usd: number) => string;
  readonly head: string;
}) {
  const sums: Sum[] = [...Map.groupBy(usage, nameOf)].map(([name, of]) => ({ name, of }));
  const number = (word: string, figure: (sum: Usage) => number): Column<Sum> => ({
    head: word,
    kind: 'number',
    cell: ({ of }) => whole.format(of.reduce((sum, each) => sum + figure(each), 0)),
  });
  const caption = `The whole range by ${head}`;
  return (
    <section className="stack">
      <h2>{caption}</h2>
      <Table
        caption={caption}
        rows={sums}
        keyOf={({ name }) => name}
        columns={[
          { head, kind: 'main', cell: ({ name }) => name },
          number('Calls', (sum) => sum.requestCount),
          number('Errors', (sum) => sum.errorCount),
          number('Limited', (sum) => sum.limitedCount),
          number('Unknown', (sum) => sum.unknownCount),
          number('Input', (sum) => sum.inputTokens),
          number('Output', (sum) => sum.outputTokens),
          number('Reasoning', (sum) => sum.reasoningTokens),
          number('Cache read', (sum) => sum.cacheReadTokens),
          number('Cache write', (sum) => sum.cacheWriteTokens),
          {
            head: 'Cost',
            kind: 'number',
            cell: ({ of }) => money(of.reduce((sum, { estimatedCost }) => sum + Number(estimatedCost ?? 0), 0)),
          },
        ]}
      />
    </section>
  );
}
