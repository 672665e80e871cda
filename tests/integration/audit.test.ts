import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { formsOf } from '../../src/features/masking/secret-forms.js';
import { AUDIT_EVENTS, auditPage, auditTrail, keyIdOf } from '../testkit/audit.js';
import type { AuditEventView } from '../testkit/audit.js';
import type { TestClient } from '../testkit/client.js';
import { CLUSTERS, registerCluster } from '../testkit/clusters.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';
import { AGENTS, createAgent, createTool, TOOLS } from '../testkit/platform.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, createInstance, randomKey, startInstance, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

const CREATE = `mutation ($input: CreateInstanceInput!) { createInstance(input: $input) { id } }`;
const CONFIGURE = `mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { aiAgent } }`;
const UPDATE = `mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { id } }`;
const STOP = `mutation ($id: ID!) { stopInstance(id: $id) { state } }`;
const CHANGE_LIFE = {
  rotate: `mutation ($id: ID!, $apiKey: String!) { rotateAiAgentKey(input: { instanceId: $id, apiKey: $apiKey }) { aiAgent } }`,
  test: `mutation ($id: ID!) { testAiAgentConnection(input: { instanceId: $id }) { ok } }`,
  restart: `mutation ($id: ID!) { restartInstance(id: $id) { state } }`,
  stop: `mutation ($id: ID!) { stopInstance(id: $id, force: true) { state } }`,
  revoke: `mutation ($id: ID!) { revokeAiAgentKey(input: { instanceId: $id }) { aiAgent } }`,
  remove: `mutation ($id: ID!) { removeAiAgent(instanceId: $id, aiAgent: CLAUDE_CODE) { id } }`,
  delete: `mutation ($id: ID!) { deleteInstance(id: $id) }`,
};
/** Of a run that does not end by itself. */
const HANGING = JSON.stringify({ fakeAgent: { lines: 1, hangSeconds: 60 } });
const CANCEL = `mutation ($id: ID!) { cancelTriage(id: $id) { state } }`;

let server: TenantsServer;
let apiServer: ApiServer;
let admin: TestClient;
let database: pg.Client;
/** Every secret that was given to the server. */
const secrets: string[] = [];
const newKey = (): string => {
  secrets.push(randomKey());
  return secrets.at(-1)!;
};
const newName = (): string => `name-${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  apiServer = await startApiServer();
  secrets.push(apiServer.token);
  server = await startTenantsServer({
    tenants: ['acme', 'globex', 'crowd'],
    environment: { RATE_LIMIT_REQUESTS: '100000', CLUSTER_NETWORKS: '127.0.0.0/8' },
  });
  admin = server.client('acme', 'ADMIN');
  database = new pg.Client({ connectionString: server.databaseUrl });
  await database.connect();
}, 120_000);
afterAll(async () => {
  await database?.end();
  await server?.close();
  await apiServer?.close();
});

async function newInstance(client = admin, name = newName()): Promise<string> {
  return (await client.ok<{ createInstance: { id: string } }>(CREATE, { input: { name } })).createInstance.id;
}

const configure = (instanceId: string, input: Record<string, unknown>) =>
  admin.ok(CONFIGURE, { input: { instanceId, ...input } });

const countEvents = async (): Promise<number> =>
  (await auditPage(admin, { limit: 1, filter: { keyId: keyIdOf(admin) } })).totalCount;

const detailsOf = ({ details }: AuditEventView) =>
  Object.fromEntries(details.map(({ name, value }) => [name, value] as const));

describe('the audit trail', () => {
  it('says who did what to an instance, its AI agent and its credential, when and from where', async () => {
    const before = Date.now();
    const name = newName();
    const id = await newInstance(admin, name);
    await configure(id, { apiKey: newKey(), model: 'opus' });
    await configure(id, { apiKey: newKey(), baseUrl: 'https://models.example.com/' });
    await admin.ok(UPDATE, { input: { instanceId: id, egress: ['api.example.com', 'mirror.example.com:8443'] } });
    await startInstance(admin, id);
    await admin.ok(STOP, { id });

    const events = await auditTrail(admin, { instanceId: id, keyId: keyIdOf(admin) });
    const told = events.map((event) => ({
      ...{ action: event.action, aiAgent: event.aiAgent, version: event.credentialVersion },
      details: detailsOf(event),
    }));
    const onAgent = { aiAgent: 'CLAUDE_CODE', version: null };
    const onInstance = { aiAgent: null, version: null };
    expect(told).toEqual([
      { action: 'INSTANCE_CREATED', ...onInstance, details: { name } },
      { action: 'CREDENTIAL_CREATED', ...onAgent, version: 1, details: {} },
      { action: 'AI_AGENT_CONFIGURED', ...onAgent, details: { revision: '1', provider: 'anthropic', model: 'opus' } },
      { action: 'CREDENTIAL_ROTATED', ...onAgent, version: 2, details: {} },
      {
        action: 'AI_AGENT_CONFIGURED',
        ...onAgent,
        details: { revision: '2', provider: 'anthropic', model: 'opus', baseUrl: 'https://models.example.com' },
      },
      {
        action: 'INSTANCE_UPDATED',
        ...onInstance,
        details: { egress: 'api.example.com:443 mirror.example.com:8443' },
      },
      { action: 'INSTANCE_STARTED', ...onInstance, details: { CLAUDE_CODE: 'revision 2, credential 2' } },
      { action: 'INSTANCE_STOPPED', ...onInstance, details: {} },
    ]);
    const actor = { keyId: keyIdOf(admin), role: 'ADMIN', clientAddress: '127.0.0.1', instanceId: id };
    for (const event of events) {
      expect(event).toMatchObject({ ...actor, clusterId: null, runId: null });
      expect(Date.parse(event.at)).toBeGreaterThanOrEqual(before - 1_000);
      expect(Date.parse(event.at)).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });

  it('says who did what to a cluster, and keeps it when the cluster is deleted', async () => {
    const name = newName();
    const { id, serverUrl } = await registerCluster(admin, apiServer.kubeconfig(), name);
    await admin.ok(CLUSTERS.check, { id });
    await admin.ok(CLUSTERS.update, { id, input: { kubeconfig: apiServer.kubeconfig() } });
    await admin.ok(CLUSTERS.delete, { id });
    const { items } = await auditPage(admin, { limit: 4, filter: { keyId: keyIdOf(admin) } });
    expect(items.map((event) => [event.action, event.clusterId, event.credentialVersion, detailsOf(event)])).toEqual([
      ['CLUSTER_DELETED', id, 2, { name }],
      ['CLUSTER_UPDATED', id, 2, { serverUrl }],
      ['CLUSTER_CHECKED', id, 1, { canReadSecrets: 'false' }],
      ['CLUSTER_REGISTERED', id, 1, { name, serverUrl }],
    ]);
  });

  it('says once who started and who cancelled a run, however often that is asked for', async () => {
    const instanceId = await createInstance(admin, { apiKey: newKey() });
    const operator = server.client('acme', 'OPERATOR');
    const input = {
      instanceId,
      prompt: 'Why?',
      incident: HANGING,
      idempotencyKey: newName(),
    };
    const starts = await Promise.all(Array.from({ length: 5 }, () => startTriage(operator, input)));
    const { id: runId } = starts[0]!;
    await Promise.all(Array.from({ length: 5 }, () => operator.ok(CANCEL, { id: runId })));
    const events = (await auditTrail(admin, { instanceId })).filter((event) => event.runId !== null);
    expect(events.map(({ action }) => action)).toEqual(['RUN_STARTED', 'RUN_CANCELLED']);
    const subject = { runId, instanceId, aiAgent: 'CLAUDE_CODE', credentialVersion: 1, clusterId: null };
    for (const event of events) expect(event).toMatchObject({ ...subject, keyId: keyIdOf(operator), role: 'OPERATOR' });
  });

  it('says who did what to an agent and a tool of the platform, and keeps it when they are deleted', async () => {
    const operator = server.client('acme', 'OPERATOR');
    const [name, other] = [newName(), newName()];
    const { id: toolId } = await createTool(operator, name, 'what it does');
    await operator.ok(TOOLS.update, { id: toolId, input: { name: other, description: 'what else it does' } });
    const { id: agentId } = await createAgent(operator, name, [toolId]);
    expect(await operator.refused(TOOLS.delete, { id: toolId })).toMatchObject({ code: 'TOOL_IN_USE' });
    await operator.ok(AGENTS.update, { id: agentId, input: { role: 'reader', toolIds: [] } });
    await operator.ok(AGENTS.update, { id: agentId, input: {} });
    await operator.ok(AGENTS.delete, { id: agentId });
    await operator.ok(TOOLS.delete, { id: toolId });
    for (const [statement, id] of [
      [AGENTS.delete, agentId],
      [TOOLS.delete, toolId],
    ] as const) {
      await operator.refused(statement, { id });
    }
    const { items } = await auditPage(admin, { limit: 6, filter: { keyId: keyIdOf(operator) } });
    const told = items.map((event) => [event.action, event.toolId, event.agentId, detailsOf(event)]).reverse();
    expect(told).toEqual([
      ['TOOL_CREATED', toolId, null, { name }],
      ['TOOL_UPDATED', toolId, null, { name: other, description: 'changed' }],
      ['AGENT_CREATED', null, agentId, { name, role: expect.any(String), tools: toolId }],
      ['AGENT_UPDATED', null, agentId, { role: 'reader', tools: '' }],
      ['AGENT_DELETED', null, agentId, { name }],
      ['TOOL_DELETED', toolId, null, { name: other }],
    ]);
    const nothingElse = { instanceId: null, aiAgent: null, credentialVersion: null, clusterId: null, runId: null };
    const actor = { keyId: keyIdOf(operator), role: 'OPERATOR', clientAddress: '127.0.0.1' };
    for (const event of items) expect(event).toMatchObject({ ...nothingElse, ...actor });
  });

  it('holds nothing of a tool or an agent whose writing was rolled back', async () => {
    const { id } = await createTool(admin, newName());
    const before = await countEvents();
    expect(
      await admin.refused(TOOLS.update, { id, input: { name: (await createTool(admin, newName())).name } }),
    ).toMatchObject({
      code: 'DUPLICATE_NAME',
    });
    const missing = { name: newName(), role: 'r', description: '', toolIds: [id, randomUUID()] };
    expect(await admin.refused(AGENTS.create, { input: missing })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await countEvents()).toBe(before + 1);
  });

  it('says where a socket came from', async () => {
    const name = newName();
    const results = admin.subscribe<{ createInstance: { id: string } }>(CREATE, { input: { name } });
    const { value } = (await results.next()) as { value: { createInstance: { id: string } } };
    const [event] = await auditTrail(admin, { instanceId: value.createInstance.id });
    expect(event).toMatchObject({ action: 'INSTANCE_CREATED', clientAddress: '127.0.0.1', keyId: keyIdOf(admin) });
  });

  it('follows an instance, its key and its runs to their end, and stays when the instance is deleted', async () => {
    const id = await createInstance(admin, { apiKey: newKey() });
    const { rotate, test, restart, stop, revoke, remove, delete: del } = CHANGE_LIFE;
    await admin.ok(rotate, { id, apiKey: newKey() });
    await admin.ok(test, { id });
    await admin.ok(restart, { id });
    const { id: runId } = await startTriage(admin, { instanceId: id, prompt: 'Why?', incident: HANGING });
    for (const change of [stop, revoke, revoke, remove]) await admin.request(change, { id });
    await awaitRun(admin, runId);
    await admin.ok(del, { id });
    const events = await auditTrail(admin, { instanceId: id, keyId: keyIdOf(admin) });
    const told = events.map((event) => [event.action, event.credentialVersion, event.runId]);
    expect(told).toEqual([
      ['INSTANCE_CREATED', null, null],
      ['CREDENTIAL_CREATED', 1, null],
      ['AI_AGENT_CONFIGURED', null, null],
      ['INSTANCE_STARTED', null, null],
      ['CREDENTIAL_ROTATED', 2, null],
      ['CONNECTION_TESTED', 2, null],
      ['INSTANCE_RESTARTED', null, null],
      ['RUN_STARTED', 2, runId],
      ['RUN_CANCELLED', 2, runId],
      ['INSTANCE_STOPPED', null, null],
      ['CREDENTIAL_REVOKED', 2, null],
      ['AI_AGENT_REMOVED', null, null],
      ['INSTANCE_DELETED', null, null],
    ]);
    expect(await auditTrail(admin, { instanceId: id, action: 'INSTANCE_UPDATED' })).toEqual([]);
  });

  it('names the key that the removal of an AI agent, or of an instance, takes out of use', async () => {
    const [removed, deleted] = [await newInstance(), await newInstance()];
    for (const id of [removed, deleted]) {
      await configure(id, { apiKey: newKey() });
      await configure(id, { apiKey: newKey() });
    }
    await admin.ok(CHANGE_LIFE.remove, { id: removed });
    await admin.ok(CHANGE_LIFE.delete, { id: removed });
    await admin.ok(CHANGE_LIFE.delete, { id: deleted });
    for (const instanceId of [removed, deleted]) {
      const events = await auditTrail(admin, { instanceId, action: 'CREDENTIAL_RETIRED' });
      const told = events.map(({ aiAgent, credentialVersion, keyId }) => ({ aiAgent, credentialVersion, keyId }));
      expect(told).toEqual([{ aiAgent: 'CLAUDE_CODE', credentialVersion: 2, keyId: keyIdOf(admin) }]);
    }
  });

  it('tells what the server itself did by no key', async () => {
    const id = await newInstance();
    await configure(id, { apiKey: newKey() });
    await configure(id, { apiKey: newKey() });
    const filter = { instanceId: id, action: 'CREDENTIAL_DESTROYED' };
    await until(async () => (await auditTrail(admin, filter)).length > 0, 30_000);
    const nobody = { keyId: null, role: null, clientAddress: null };
    expect((await auditTrail(admin, filter))[0]).toMatchObject({
      ...nobody,
      aiAgent: 'CLAUDE_CODE',
      credentialVersion: 1,
    });
  }, 40_000);

  it('holds nothing of a mutation that was refused, changed nothing, or was rolled back', async () => {
    const name = newName();
    const id = await newInstance(admin, name);
    await startInstance(admin, id);
    const blocked = await newInstance();
    // The commit is refused, after the key and its event were written.
    await database.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.instance_id = '${blocked}' THEN RAISE 'no'; END IF; RETURN NEW; END $$`);
    await database.query(`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ai_agent_configurations
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`);
    const before = await countEvents();

    expect(await admin.refused(CREATE, { input: { name } })).toMatchObject({ code: 'DUPLICATE_NAME' });
    expect(await admin.refused(CONFIGURE, { input: { instanceId: id } })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await admin.refused(CONFIGURE, { input: { instanceId: blocked, apiKey: newKey() } })).toMatchObject({
      code: 'INTERNAL',
    });
    const triage = { input: { instanceId: id, prompt: 'Why?', incident: '{}' } };
    expect(
      await admin.refused(`mutation ($input: StartTriageInput!) { startTriage(input: $input) { id } }`, triage),
    ).toMatchObject({ code: 'AI_AGENT_NOT_CONFIGURED' });
    await startInstance(admin, id);
    await admin.ok(UPDATE, { input: { instanceId: id } });
    expect(await countEvents()).toBe(before);
    const { rows } = await database.query('SELECT FROM credentials WHERE instance_id = $1', [blocked]);
    expect(rows).toEqual([]);
  });

  it('holds each of 100 changes made at once, and pages through them without a gap or a repetition', async () => {
    const crowd = server.client('crowd', 'ADMIN');
    const created = await Promise.all(Array.from({ length: 100 }, () => newInstance(crowd)));
    const met: AuditEventView[] = [];
    let after: string | null = null;
    do {
      const page = await auditPage(crowd, { limit: 7, after });
      expect(page.totalCount).toBe(100);
      met.push(...page.items);
      after = page.nextCursor;
    } while (after !== null);
    expect(met).toHaveLength(100);
    expect(met.map(({ instanceId }) => instanceId).sort()).toEqual([...created].sort());
    const places = met.map(({ at, id }) => `${at} ${id}`);
    expect(places).toEqual([...places].sort().reverse());
    expect((await auditPage(crowd, { limit: 7, offset: 93 })).items).toEqual(met.slice(93));
  });

  it('is filtered by action, key and time', async () => {
    const id = await newInstance();
    const [event] = await auditTrail(admin, { instanceId: id });
    const at = Date.parse(event!.at);
    const found = async (filter: Record<string, unknown>) =>
      (await auditTrail(admin, { instanceId: id, ...filter })).length;
    expect(await found({ action: 'INSTANCE_CREATED', keyId: keyIdOf(admin) })).toBe(1);
    expect(await found({ action: 'INSTANCE_DELETED' })).toBe(0);
    expect(await found({ keyId: keyIdOf(server.client('acme', 'OPERATOR')) })).toBe(0);
    expect(await found({ from: event!.at, to: new Date(at + 1).toISOString() })).toBe(1);
    expect(await found({ to: event!.at })).toBe(0);
    expect(await found({ from: new Date(at + 1).toISOString() })).toBe(0);
    const backwards = { filter: { from: event!.at, to: new Date(at - 1).toISOString() } };
    expect(await admin.refused(AUDIT_EVENTS, backwards)).toMatchObject({ details: { path: 'filter.to' } });
    const unknown = { filter: { instanceId: randomUUID() } };
    expect(await admin.refused(AUDIT_EVENTS, unknown)).toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });

  it("shows a tenant its own events alone, and takes no other tenant's cursor", async () => {
    const globex = server.client('globex', 'ADMIN');
    const ids = [await newInstance(globex), await newInstance(globex)];
    const { items, totalCount } = await auditPage(globex);
    expect(items.map(({ instanceId }) => instanceId)).toEqual(ids.reverse());
    expect(totalCount).toBe(2);
    const { nextCursor } = await auditPage(globex, { limit: 1 });
    expect(await admin.refused(AUDIT_EVENTS, { after: nextCursor })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('holds no secret that was given to the server, in any form', async () => {
    const { rows } = await database.query<{ row: string }>('SELECT event::text AS row FROM audit_events AS event');
    const trail = rows.map(({ row }) => row).join('\n');
    expect(rows.length).toBeGreaterThan(100);
    expect(secrets.length).toBeGreaterThan(4);
    const found = secrets.filter((secret) => formsOf(secret).some((form) => trail.includes(form.toString())));
    expect(found).toEqual([]);
  });
});
