import type { AiAgent, TriageRunFilter, TriageRunState } from '../../../../sdk/src/generated/graphql.js';
import { AI_AGENTS } from '../../ui/ai-agents.js';
import { RUN_STATES } from '../../ui/run-states.js';

/** Periods that the list can be kept to, in hours. */
export const PERIODS: Readonly<Record<string, { readonly word: string; readonly hours: number }>> = {
  hour: { word: 'Last hour', hours: 1 },
  day: { word: 'Last 24 hours', hours: 24 },
  week: { word: 'Last 7 days', hours: 7 * 24 },
  month: { word: 'Last 30 days', hours: 30 * 24 },
};

/** What the address may hold; anything else in it counts for nothing. */
export interface ChosenFilter {
  readonly state?: TriageRunState | undefined;
  readonly agent?: AiAgent | undefined;
  readonly instance?: string | undefined;
  readonly cluster?: string | undefined;
  readonly since?: string | undefined;
  readonly search?: string | undefined;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const uuidIn = (address: URLSearchParams, name: string): string | undefined => {
  const value = address.get(name);
  return value !== null && uuid.test(value) ? value : undefined;
};

const searchIn = (address: URLSearchParams): string | undefined => {
  const text = (address.get('search') ?? '').slice(0, 200).trim();
  return text === '' ? undefined : text;
};

/** The filter that an address names. */
export const filterOfAddress = (address: URLSearchParams): ChosenFilter => ({
  state: RUN_STATES.find((state) => state === address.get('state')),
  agent: AI_AGENTS.find((agent) => agent === address.get('agent')),
  instance: uuidIn(address, 'instance'),
  cluster: uuidIn(address, 'cluster'),
  since: Object.keys(PERIODS).find((period) => period === address.get('since')),
  search: searchIn(address),
});

/** The address's part that names the filter. */
export const addressOfFilter = (filter: ChosenFilter): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => Boolean(entry[1])));

export const isFiltered = (filter: ChosenFilter): boolean => Object.keys(addressOfFilter(filter)).length > 0;

/** What the API is asked; periods end at `now`, in milliseconds since 1970. */
export function apiFilterOf(
  { state, agent, instance, cluster, since, search }: ChosenFilter,
  now: number,
): TriageRunFilter {
  const hours = since === undefined ? undefined : PERIODS[since]?.hours;
  return {
    ...(state && { state }),
    ...(agent && { aiAgent: agent }),
    ...(instance && { instanceId: instance }),
    ...(cluster && { clusterId: cluster }),
    ...(search && { search }),
    ...(hours !== undefined && { from: new Date(now - hours * 3_600_000).toISOString() }),
  };
}
