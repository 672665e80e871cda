import { ClustersDocument, InstanceNamesDocument } from '../../../sdk/src/generated/graphql.js';
import { EXIT } from '../exit-codes.js';
import { CommandFailure, UsageError } from '../failure.js';
import { variable } from '../io.js';
import type { Session } from '../session.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As many as a message names. */
const SOME = 10;

/** The id of the instance of that name or id; else of TRIAGED_INSTANCE; else of the only one, `running` or any. */
export async function instanceId(session: Session, given: string | undefined, running = false): Promise<string> {
  const named = given ?? variable(session.io.environment, 'TRIAGED_INSTANCE');
  if (named !== undefined && UUID.test(named)) return named;
  const filter = { ...(named !== undefined ? { name: named } : running ? { state: 'RUNNING' as const } : {}) };
  const { instances } = await session.client.request(InstanceNamesDocument, { limit: SOME + 1, filter });
  const [first, second] = instances.items;
  if (first && !second) return first.id;
  if (named !== undefined) throw new CommandFailure(EXIT.notFound, `There is no instance named "${named}".`);
  if (!first) {
    const advice = 'create one with triaged instances create, and start it';
    throw new CommandFailure(
      EXIT.notFound,
      running ? `No instance runs: ${advice}.` : `There is no instance: ${advice}.`,
    );
  }
  const names = instances.items.map(({ name }) => name);
  const shown = names.length > SOME ? [...names.slice(0, SOME), '…'] : names;
  throw new UsageError(`There are several instances: say which with -i or TRIAGED_INSTANCE: ${shown.join(', ')}`);
}

/** The id of the cluster of that name or id. */
export async function clusterId({ client }: Session, named: string): Promise<string> {
  if (UUID.test(named)) return named;
  const { clusters } = await client.request(ClustersDocument, { limit: 1, filter: { name: named } });
  const [cluster] = clusters.items;
  if (cluster) return cluster.id;
  throw new CommandFailure(EXIT.notFound, `There is no cluster named "${named}".`);
}

/** Checked here, so that a mistyped id is a usage error and no question to the server. */
export function runId(text: string): string {
  if (UUID.test(text)) return text;
  throw new UsageError(`"${text}" is no id of a run; triaged runs shows them.`);
}
