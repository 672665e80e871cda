import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { randomUUID } from 'node:crypto';
import { printedSchema } from '../../src/print-schema.js';
import { roleIncludes, ROLES } from '../../src/kernel/actor.js';
import type { Role } from '../../src/kernel/actor.js';
import type { TestClient } from '../testkit/client.js';
import { createAgent, createTool, runAgent } from '../testkit/platform.js';
import { callOf, idPaths, idSelection, lists, requiredRole, rootFields } from '../testkit/schema-calls.js';
import type { RootField } from '../testkit/schema-calls.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { createInstance, startTriage } from '../testkit/triage.js';
import { registerCluster } from '../testkit/clusters.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';

const KINDS = ['tool', 'agent', 'execution', 'instance', 'cluster', 'run'] as const;
type Kind = (typeof KINDS)[number];

/** What each id is the id of. A new field that takes an id fails this file until it stands here. */
const KIND_OF_ID: Readonly<Record<string, Kind>> = {
  'tool id': 'tool',
  'updateTool id': 'tool',
  'deleteTool id': 'tool',
  'agent id': 'agent',
  'updateAgent id': 'agent',
  'deleteAgent id': 'agent',
  'createAgent input.toolIds': 'tool',
  'updateAgent input.toolIds': 'tool',
  'runAgent input.agentId': 'agent',
  'runAgent input.instanceId': 'instance',
  'execution id': 'execution',
  'executions filter.agentId': 'agent',
  'instance id': 'instance',
  'startInstance id': 'instance',
  'stopInstance id': 'instance',
  'restartInstance id': 'instance',
  'deleteInstance id': 'instance',
  'removeAiAgent instanceId': 'instance',
  'updateInstance input.instanceId': 'instance',
  'configureAiAgent input.instanceId': 'instance',
  'testAiAgentConnection input.instanceId': 'instance',
  'auditEvents filter.instanceId': 'instance',
  'rotateAiAgentKey input.instanceId': 'instance',
  'revokeAiAgentKey input.instanceId': 'instance',
  'setAiAgentLimits input.instanceId': 'instance',
  'cluster id': 'cluster',
  'updateCluster id': 'cluster',
  'checkCluster id': 'cluster',
  'deleteCluster id': 'cluster',
  'startTriage input.instanceId': 'instance',
  'startTriage input.clusterId': 'cluster',
  'usage instanceId': 'instance',
  'unknownModelCalls filter.instanceId': 'instance',
  'usageChanged instanceId': 'instance',
  'triageRun id': 'run',
  'triageRuns filter.clusterId': 'cluster',
  'triageRuns filter.instanceId': 'instance',
  'cancelTriage id': 'run',
  'triageOutput runId': 'run',
  'triageRunChanged runId': 'run',
};

/** Where a sample of the type is refused before anybody asks whose the id is. */
const GOOD_VALUES: ReadonlyMap<string, ReadonlyMap<string, unknown>> = new Map([
  ['runAgent', new Map([['input.model', 'gpt-4o']])],
  ['rotateAiAgentKey', new Map([['input.apiKey', 'a-key-for-tests']])],
  ['startTriage', new Map([['input.incident', '{}']])],
]);

const schema = buildSchema(printedSchema());
const fields = rootFields(schema);
const withIds = fields.flatMap((root) => idPaths(root).map((path) => ({ name: root.field.name, path, root })));

let server: TenantsServer;
let apiServer: ApiServer;
let own: Readonly<Record<Kind, string>>;
let foreign: Readonly<Record<Kind, string>>;

async function oneOfEach(client: TestClient): Promise<Record<Kind, string>> {
  const tool = await createTool(client, 'search');
  const agent = await createAgent(client, 'researcher', [tool.id]);
  const execution = await runAgent(client, agent.id, 'Find it');
  const instance = await createInstance(client);
  const cluster = await registerCluster(client, apiServer.kubeconfig());
  const run = await startTriage(client, { instanceId: instance, prompt: 'Why?', incident: '{}' });
  return { tool: tool.id, agent: agent.id, execution: execution.id, instance, cluster: cluster.id, run: run.id };
}

beforeAll(async () => {
  apiServer = await startApiServer();
  server = await startTenantsServer({
    tenants: ['ours', 'theirs'],
    environment: { RATE_LIMIT_REQUESTS: '1000000', CLUSTER_NETWORKS: '127.0.0.0/8' },
  });
  own = await oneOfEach(server.client('ours', 'ADMIN'));
  foreign = await oneOfEach(server.client('theirs', 'ADMIN'));
}, 120_000);
afterAll(async () => {
  await server?.close();
  await apiServer?.close();
});

/** The first error of a call, over HTTP or, for subscriptions, over a socket; undefined when it was served. */
async function errorOf(client: TestClient, root: RootField, given: ReadonlyMap<string, unknown>) {
  const { query, variables } = callOf(root, new Map([...(GOOD_VALUES.get(root.field.name) ?? []), ...given]));
  if (root.kind !== 'subscription') {
    const { status, errors } = await client.request(query, variables);
    return errors?.[0] && { status, ...errors[0].extensions };
  }
  const stream = client.subscribe(query, variables);
  try {
    await stream.next();
    return undefined;
  } catch (error) {
    // graphql-ws throws the errors of an Error message; the test's client throws those of a Next as JSON.
    const errors = (Array.isArray(error) ? error : JSON.parse((error as Error).message)) as {
      extensions: Record<string, unknown>;
    }[];
    return { status: undefined, ...errors[0]!.extensions };
  } finally {
    await stream.return?.();
  }
}

/** Values for every id of the field: our own, but for the one under test. */
function idsOf({ name, path, root }: (typeof withIds)[number], value: string): ReadonlyMap<string, unknown> {
  return new Map(idPaths(root).map((each) => [each, each === path ? value : own[KIND_OF_ID[`${name} ${each}`]!]]));
}

describe('isolation of tenants', () => {
  it('knows what every id of the schema is the id of', () => {
    const met = withIds.map(({ name, path }) => `${name} ${path}`);
    expect(met.filter((each) => !(each in KIND_OF_ID))).toEqual([]);
    expect(Object.keys(KIND_OF_ID).filter((each) => !met.includes(each))).toEqual([]);
  });

  it.each(withIds)("answers 403 to another tenant's id in $name $path", async (place) => {
    const id = foreign[KIND_OF_ID[`${place.name} ${place.path}`]!];
    const error = await errorOf(server.client('ours', 'ADMIN'), place.root, idsOf(place, id));
    expect(error).toMatchObject({ code: 'FORBIDDEN', error_code: 'FORBIDDEN' });
    if (place.root.kind !== 'subscription') expect(error?.status).toBe(403);
  });

  it.each(withIds)('answers 404 to an unknown id in $name $path', async (place) => {
    const error = await errorOf(server.client('ours', 'ADMIN'), place.root, idsOf(place, randomUUID()));
    expect(error).toMatchObject({ code: 'NOT_FOUND', error_code: 'NOT_FOUND' });
    if (place.root.kind !== 'subscription') expect(error?.status).toBe(404);
  });

  it.each(withIds)('answers 400 to what is no id in $name $path', async (place) => {
    const error = await errorOf(server.client('ours', 'ADMIN'), place.root, idsOf(place, "' OR true --"));
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: expect.stringContaining(place.path) } });
  });

  it("shows in every list the tenant's own alone", async () => {
    const shown = await Promise.all(
      lists(fields).map(async (root) => {
        const client = server.client('ours', requiredRole(root) as Role);
        return JSON.stringify(await client.ok(`{ ${root.field.name} ${idSelection(root.field.type)} }`));
      }),
    );
    expect(shown.length).toBeGreaterThan(KINDS.length);
    for (const kind of KINDS) {
      expect(shown.filter((answer) => answer.includes(own[kind])).length).toBeGreaterThan(0);
      expect(shown.filter((answer) => answer.includes(foreign[kind]))).toEqual([]);
    }
  });

  it('left everything of the other tenant as it was', async () => {
    const client = server.client('theirs', 'VIEWER');
    const all = `{ tool(id: "${foreign.tool}") { name } agent(id: "${foreign.agent}") { name tools { id } }
      execution(id: "${foreign.execution}") { id } instance(id: "${foreign.instance}") { state }
      cluster(id: "${foreign.cluster}") { name credentialVersion }
      triageRun(id: "${foreign.run}") { cancelRequestedAt } }`;
    expect(await client.ok(all)).toEqual({
      tool: { name: 'search' },
      agent: { name: 'researcher', tools: [{ id: foreign.tool }] },
      execution: { id: foreign.execution },
      instance: { state: 'RUNNING' },
      cluster: { name: 'production', credentialVersion: 1 },
      triageRun: { cancelRequestedAt: null },
    });
  });
});

describe('access by role', () => {
  it('is stated for every field of Query, Mutation and Subscription', () => {
    const unstated = fields.filter((root) => !ROLES.includes(requiredRole(root) as Role));
    expect(unstated.map(({ kind, field }) => `${kind} ${field.name}`)).toEqual([]);
    expect(fields.length).toBeGreaterThan(20);
  });

  const calls = fields.flatMap((root) =>
    ROLES.map((held) => ({ held, name: root.field.name, needs: requiredRole(root) as Role, root })),
  );
  const unknownIds = (root: RootField) => new Map(idPaths(root).map((path) => [path, randomUUID()]));
  const refused = calls.filter(({ held, needs }) => !roleIncludes(held, needs));
  const allowed = calls.filter(({ held, needs, root }) => roleIncludes(held, needs) && idPaths(root).length > 0);

  it.each(refused)('refuses $name, which needs $needs, to $held', async ({ held, needs, root }) => {
    const error = await errorOf(server.client('ours', held), root, unknownIds(root));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { required: needs, role: held } });
    if (root.kind !== 'subscription') expect(error?.status).toBe(403);
  });

  it.each(allowed)('lets $held reach $name, which needs $needs', async ({ held, root }) => {
    const error = await errorOf(server.client('ours', held), root, unknownIds(root));
    expect(error).toMatchObject({ code: 'NOT_FOUND' });
  });
});
