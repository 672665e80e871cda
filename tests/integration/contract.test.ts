import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, isNonNullType, isObjectType, isListType, type GraphQLOutputType } from 'graphql';
import { auditPage, keyIdOf } from '../testkit/audit.js';
import { TestClient } from '../testkit/client.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, randomKey } from '../testkit/triage.js';

const schema = buildSchema(readFileSync(path.resolve(import.meta.dirname, '../../schema/schema.graphql'), 'utf8'));
const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {}).map((field) => ({ name: field.name, kind: type!.name.toLowerCase(), field })),
);

/** Every field of a type that needs no argument, two levels deep: what a careful client would select. */
function selection(type: GraphQLOutputType, depth = 3): string {
  if (isNonNullType(type) || isListType(type)) return selection(type.ofType as GraphQLOutputType, depth);
  if (!isObjectType(type) || depth === 0) return '';
  const fields = Object.values(type.getFields()).filter(({ args }) => args.length === 0);
  const parts = fields.map((field) => {
    const inner = selection(field.type, depth - 1);
    const named = field.type.toString().replace(/[[\]!]/g, '');
    return isObjectType(schema.getType(named)) ? (inner ? `${field.name} ${inner}` : '') : field.name;
  });
  const list = parts.filter(Boolean).join(' ');
  return list ? `{ ${list} }` : '';
}

type Known = Record<'tool' | 'agent' | 'execution' | 'instance' | 'cluster' | 'run', string>;
let apiServer: ApiServer;
const today = new Date().toISOString().slice(0, 10);

/** A valid call of each root field, in an order in which each finds what it needs. */
const CALLS: readonly [name: string, args: (known: Known) => string, keep?: keyof Known][] = [
  ['actor', () => ''],
  ['createTool', () => '(input: { name: "logs", description: "Reads logs." })', 'tool'],
  ['updateTool', ({ tool }) => `(id: "${tool}", input: { description: "Reads pod logs." })`],
  ['tool', ({ tool }) => `(id: "${tool}")`],
  ['tools', () => '(limit: 5)'],
  ['createAgent', ({ tool }) => `(input: { name: "sre", role: "investigator", toolIds: ["${tool}"] })`, 'agent'],
  ['updateAgent', ({ agent }) => `(id: "${agent}", input: { description: "On call." })`],
  ['agent', ({ agent }) => `(id: "${agent}")`],
  ['agents', () => '(filter: { toolName: "logs" })'],
  ['runAgent', ({ agent }) => `(input: { agentId: "${agent}", task: "Look.", model: "gpt-4o" })`, 'execution'],
  ['execution', ({ execution }) => `(id: "${execution}")`],
  ['executions', ({ agent }) => `(filter: { agentId: "${agent}" })`],
  ['createInstance', () => '(input: { name: "production" })', 'instance'],
  ['updateInstance', ({ instance }) => `(input: { instanceId: "${instance}", egress: ["api.example.com"] })`],
  ['configureAiAgent', ({ instance }) => `(input: { instanceId: "${instance}", apiKey: "${randomKey()}" })`],
  ['rotateAiAgentKey', ({ instance }) => `(input: { instanceId: "${instance}", apiKey: "${randomKey()}" })`],
  ['setAiAgentLimits', ({ instance }) => `(input: { instanceId: "${instance}", requestsPerMinute: 600 })`],
  ['testAiAgentConnection', ({ instance }) => `(input: { instanceId: "${instance}" })`],
  ['startInstance', ({ instance }) => `(id: "${instance}")`],
  ['instance', ({ instance }) => `(id: "${instance}")`],
  ['instances', () => '(limit: 5)'],
  [
    'registerCluster',
    () => `(input: { name: "production", kubeconfig: ${JSON.stringify(apiServer.kubeconfig())} })`,
    'cluster',
  ],
  ['updateCluster', ({ cluster }) => `(id: "${cluster}", input: { name: "eu-production" })`],
  ['checkCluster', ({ cluster }) => `(id: "${cluster}")`],
  ['cluster', ({ cluster }) => `(id: "${cluster}")`],
  ['clusters', () => '(filter: { name: "eu-production" })'],
  [
    'startTriage',
    ({ instance, cluster }) =>
      `(input: { instanceId: "${instance}", clusterId: "${cluster}", prompt: "Look.", incident: ${JSON.stringify(SAMPLE_INCIDENT)} })`,
    'run',
  ],
  ['triageOutput', ({ run }) => `(runId: "${run}")`],
  ['triageRunChanged', ({ run }) => `(runId: "${run}")`],
  ['triageRun', ({ run }) => `(id: "${run}")`],
  ['triageRuns', ({ instance }) => `(limit: 5, filter: { instanceId: "${instance}" })`],
  ['cancelTriage', ({ run }) => `(id: "${run}")`],
  ['auditEvents', ({ instance }) => `(filter: { instanceId: "${instance}" })`],
  ['usage', ({ instance }) => `(instanceId: "${instance}", from: "${today}", to: "${today}")`],
  ['unknownModelCalls', ({ instance }) => `(limit: 5, filter: { instanceId: "${instance}" })`],
  ['usageChanged', ({ instance }) => `(instanceId: "${instance}")`],
  ['revokeAiAgentKey', ({ instance }) => `(input: { instanceId: "${instance}" })`],
  ['restartInstance', ({ instance }) => `(id: "${instance}")`],
  ['stopInstance', ({ instance }) => `(id: "${instance}")`],
  ['removeAiAgent', ({ instance }) => `(instanceId: "${instance}", aiAgent: CLAUDE_CODE)`],
  ['deleteInstance', ({ instance }) => `(id: "${instance}", force: true)`],
  ['deleteCluster', ({ cluster }) => `(id: "${cluster}")`],
  ['deleteAgent', ({ agent }) => `(id: "${agent}")`],
  ['deleteTool', ({ tool }) => `(id: "${tool}")`],
];

/** Mutations that leave no audit event: an execution is its own record, and the other changes nothing as it is called above. */
const NOT_AUDITED = ['runAgent', 'cancelTriage'];
/** The operations that left an audit event when they were called. */
const audited: string[] = [];

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
const known: Partial<Known> = {};

beforeAll(async () => {
  apiServer = await startApiServer();
  folder = await createDataFolder();
  const environment = { RUNTIME: 'fake', RATE_LIMIT_REQUESTS: '10000', CLUSTER_NETWORKS: '127.0.0.0/8' };
  server = await startServer({ dataDir: folder.path, environment });
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
  await apiServer?.close();
});

const documentOf = (name: string, args: string): string => {
  const { kind, field } = rootFields.find((root) => root.name === name)!;
  return `${kind} { ${name}${args} ${selection(field.type)} }`;
};

async function countEvents(): Promise<number> {
  return (await auditPage(server.client, { filter: { keyId: keyIdOf(server.client) } })).totalCount;
}

describe('every operation of the schema', () => {
  it('is called here', () => {
    expect(CALLS.map(([name]) => name).sort()).toEqual(rootFields.map(({ name }) => name).sort());
  });

  it.each(CALLS)(
    '%s answers a valid call with all its fields',
    async (...[name, args, keep]: (typeof CALLS)[number]) => {
      const document = documentOf(name, args(known as Known));
      if (document.startsWith('subscription')) {
        const events: Record<string, unknown>[] = [];
        for await (const event of server.client.subscribe<Record<string, unknown>>(document)) {
          events.push(event);
          // The usage of an instance has no end.
          if (name === 'usageChanged') break;
        }
        expect(events.length).toBeGreaterThan(0);
        expect(Object.keys(events[0]!)).toEqual([name]);
        return;
      }
      const eventsBefore = await countEvents();
      const reply = await server.client.request<Record<string, { id?: string }>>(document);
      expect(reply.errors).toBeUndefined();
      expect(reply.status).toBe(200);
      expect(reply.data?.[name]).toBeDefined();
      if ((await countEvents()) > eventsBefore) audited.push(name);
      if (keep) known[keep] = reply.data![name]!.id!;
      if (name === 'startTriage') await awaitRun(server.client, known.run!);
    },
  );

  it('leaves an audit event, but for those that are listed', () => {
    const mutations = rootFields.filter(({ kind }) => kind === 'mutation').map(({ name }) => name);
    expect(audited.sort()).toEqual(mutations.filter((name) => !NOT_AUDITED.includes(name)).sort());
  });

  it.each(CALLS.filter(([name]) => !name.startsWith('triageOutput') && !name.endsWith('Changed')))(
    '%s answers a call without a key with a code, a message and details',
    async (name, args) => {
      const reply = await new TestClient(server.url, undefined).request(documentOf(name, args(known as Known)));
      expect(reply.status).toBe(401);
      expect(reply.errors).toEqual([
        {
          message: expect.stringMatching(/key/i),
          extensions: { code: 'UNAUTHENTICATED', error_code: 'UNAUTHENTICATED', details: expect.any(Object) },
        },
      ]);
    },
  );
});
