import { Field, Select } from '../../ui/index.js';
import { GROUPINGS, lastDays, MEASURES, rangeFault } from './usage-series.js';
import type { Grouping, Measure } from './usage-series.js';

/** What is shown. */
export interface Choice {
  readonly instanceId: string;
  /** How many last days were chosen; undefined when the range was given by its days. */
  readonly days: number | undefined;
  /** Days in UTC, both included. */
  readonly from: string;
  readonly to: string;
  readonly grouping: Grouping;
  readonly measure: Measure;
}

export const GROUPING_WORDS: Readonly<Record<Grouping, string>> = { AI_AGENT: 'AI agent', MODEL: 'Model' };
export const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  COST: 'Estimated cost',
  TOKENS: 'Tokens',
  REQUESTS: 'Model calls',
};
const RANGES = [7, 30, 90, 365] as const;

export function UsageChoices({
  choice,
  instances,
  onChange,
}: {
  readonly choice: Choice;
  readonly instances: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (choice: Choice) => void;
}) {
  const { days, from, to } = choice;
  const chooseLast = (last: number) => onChange({ ...choice, days: last, ...lastDays(last, Date.now()) });
  return (
    <div className="panel usage-choices">
      <Select
        label="Instance"
        value={choice.instanceId}
        onChange={({ target }) => onChange({ ...choice, instanceId: target.value })}
      >
        {instances.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select label="Range" value={days ?? ''} onChange={({ target }) => chooseLast(Number(target.value))}>
        {days === undefined && <option value="">As chosen</option>}
        {RANGES.map((last) => (
          <option key={last} value={last}>
            Last {last} days
          </option>
        ))}
      </Select>
      <Field
        label="First day (UTC)"
        type="date"
        value={from}
        max={to}
        onChange={({ target }) => onChange({ ...choice, days: undefined, from: target.value })}
      />
      <Field
        label="Last day (UTC)"
        type="date"
        value={to}
        error={rangeFault(from, to)}
        onChange={({ target }) => onChange({ ...choice, days: undefined, to: target.value })}
      />
      <Select
        label="Group by"
        value={choice.grouping}
        onChange={({ target }) => onChange({ ...choice, grouping: target.value as Grouping })}
      >
        {GROUPINGS.map((grouping) => (
          <option key={grouping} value={grouping}>
            {GROUPING_WORDS[grouping]}
          </option>
        ))}
      </Select>
      <Select
        label="Show"
        value={choice.measure}
        onChange={({ target }) => onChange({ ...choice, measure: target.value as Measure })}
      >
        {MEASURES.map((measure) => (
          <option key={measure} value={measure}>
            {MEASURE_WORDS[measure]}
          </option>
        ))}
      </Select>
    </div>
  );
}
