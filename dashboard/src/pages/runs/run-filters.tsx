import { useState } from 'react';
import type { ReactNode } from 'react';
import type { AiAgent, TriageRunState } from '../../../../sdk/src/generated/graphql.js';
import { AI_AGENT_NAMES, AI_AGENTS, Button, Field, RUN_STATES, runStateWord, Select } from '../../ui/index.js';
import { isFiltered, PERIODS } from './run-filter.js';
import type { ChosenFilter } from './run-filter.js';
import type { Names } from './use-names.js';

function Choice({
  label,
  value,
  onChoose,
  children,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChoose: (value: string | undefined) => void;
  readonly children: ReactNode;
}) {
  return (
    <Select
      label={label}
      hideLabel
      className={value === undefined ? '' : 'control-chosen'}
      value={value ?? ''}
      onChange={({ target }) => onChoose(target.value || undefined)}
    >
      <option value="">{label}: any</option>
      {children}
    </Select>
  );
}

const optionsOf = (names: Names) =>
  [...names].map(([id, name]) => (
    <option key={id} value={id}>
      {name}
    </option>
  ));

/** What the list is kept to. */
export function RunFilters({
  filter,
  instances,
  clusters,
  onChange,
}: {
  readonly filter: ChosenFilter;
  readonly instances: Names;
  readonly clusters: Names;
  readonly onChange: (filter: ChosenFilter) => void;
}) {
  const [draft, setDraft] = useState(filter.search ?? '');
  const [shown, setShown] = useState(filter.search);
  if (shown !== filter.search) {
    // The address was changed elsewhere, as by the browser's way back.
    setShown(filter.search);
    setDraft(filter.search ?? '');
  }
  const change = (part: ChosenFilter) => onChange({ ...filter, ...part });
  return (
    <form
      className="run-filters"
      role="search"
      aria-label="Runs"
      onSubmit={(event) => {
        event.preventDefault();
        change({ search: draft.trim() || undefined });
      }}
    >
      <Field
        label="Search prompts and run ids"
        hideLabel
        type="search"
        placeholder="Search prompts and run ids"
        maxLength={200}
        value={draft}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={() => change({ search: draft.trim() || undefined })}
      />
      <Choice label="State" value={filter.state} onChoose={(state) => change({ state: state as TriageRunState })}>
        {RUN_STATES.map((state) => (
          <option key={state} value={state}>
            {runStateWord(state)}
          </option>
        ))}
      </Choice>
      <Choice label="AI agent" value={filter.agent} onChoose={(agent) => change({ agent: agent as AiAgent })}>
        {AI_AGENTS.map((agent) => (
          <option key={agent} value={agent}>
            {AI_AGENT_NAMES[agent]}
          </option>
        ))}
      </Choice>
      <Choice label="Instance" value={filter.instance} onChoose={(instance) => change({ instance })}>
        {optionsOf(instances)}
      </Choice>
      <Choice label="Cluster" value={filter.cluster} onChoose={(cluster) => change({ cluster })}>
        {optionsOf(clusters)}
      </Choice>
      <Choice label="Time" value={filter.since} onChoose={(since) => change({ since })}>
        {Object.entries(PERIODS).map(([period, { word }]) => (
          <option key={period} value={period}>
            {word}
          </option>
        ))}
      </Choice>
      {isFiltered(filter) && (
        <Button kind="quiet" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </form>
  );
}
