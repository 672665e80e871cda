import type { TriageRun } from '../../../sdk/src/index.js';
import type { TriageRunState } from '../../../sdk/src/generated/graphql.js';
import { nameOfAiAgent } from '../ai-agent-names.js';
import { age, count, dollars } from '../output/figures.js';
import type { Paint } from '../output/paint.js';
import { renderTable, type Column } from '../output/table.js';
import type { Session } from '../session.js';
import { allOf } from './pages.js';
import { instanceId } from './resolve.js';

export const paintOfState = (state: TriageRunState): Paint | undefined =>
  state === 'SUCCEEDED'
    ? 'green'
    : state === 'RUNNING' || state === 'PREPARING'
      ? 'cyan'
      : state === 'QUEUED'
        ? undefined
        : 'red';

const COLUMNS: readonly Column<TriageRun>[] = [
  { head: 'RUN', cell: ({ id }) => id },
  { head: 'STATE', cell: ({ state }) => state, paint: ({ state }) => paintOfState(state) },
  { head: 'REASON', cell: ({ failure }) => failure?.code ?? '-' },
  { head: 'AGENT', cell: ({ aiAgent }) => nameOfAiAgent(aiAgent) },
  { head: 'MODEL', cell: ({ model }) => model },
  {
    head: 'TOKENS',
    cell: ({ usage }) => count(usage.tokenCount),
    exact: ({ usage }) => String(usage.tokenCount),
    align: 'right',
  },
  {
    head: 'COST',
    cell: ({ usage }) => dollars(usage.estimatedCost),
    exact: ({ usage }) => usage.estimatedCost ?? '',
    align: 'right',
  },
  { head: 'AGE', cell: ({ createdAt }) => age(createdAt), exact: ({ createdAt }) => createdAt, align: 'right' },
];

export interface RunsOptions {
  readonly instance?: string;
  readonly state?: TriageRunState;
  readonly limit: number;
}

export async function listRuns(session: Session, { instance, state, limit }: RunsOptions): Promise<undefined> {
  const { client, err, out, json, answer } = session;
  const filter = {
    ...(instance === undefined ? {} : { instanceId: await instanceId(session, instance) }),
    ...(state === undefined ? {} : { state }),
  };
  const items = await allOf((page) => client.triageRuns({ ...page, filter }), limit);
  if (items.length === 0 && !json) await err.line('There are no such runs.');
  await answer(items, () => renderTable(items, COLUMNS, out));
}
