import type { TriageRunState } from '../../../sdk/src/generated/graphql.js';
import { Badge } from './badge.js';
import { STATES } from './run-states.js';

/** Where a run stands, as a badge. */
export function RunState({ state }: { readonly state: TriageRunState }) {
  const [word, tone] = STATES[state];
  return (
    <Badge tone={tone} live={state === 'RUNNING' || state === 'PREPARING'}>
      {word}
    </Badge>
  );
}
