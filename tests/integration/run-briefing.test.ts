import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { parse } from 'yaml';
import { ConfigurationFolder } from '../../src/features/ai-agents/index.js';
import { RunBriefing } from '../../src/features/triage/index.js';
import { clusterOf } from '../../src/features/triage/run-cluster.js';
import type { TriageRunEntity } from '../../src/features/triage/triage-run.entity.js';
import type { MasterSecrets } from '../../src/kernel/master-secrets.js';
import { AI_AGENT_NAMES } from '../../src/kernel/ai-agents.js';
import { newRunId } from '../../src/kernel/ids.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = actorOf('acme');

describe('RunBriefing', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let briefing: RunBriefing;
  let briefingWith: (masterSecrets: MasterSecrets) => RunBriefing;
  beforeAll(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    const { dataSource, credentials, clusters } = server;
    const folders = new ConfigurationFolder('/data');
    const deps = { dataSource, credentials, clusters, folders, runtime: rig.runtime, maxArtifactBytes: 1 };
    briefingWith = (masterSecrets) => new RunBriefing({ ...deps, masterSecrets });
    briefing = briefingWith({ primary: randomBytes(32) });
  });
  afterAll(() => rig.close());

  it('brings the pinned key and configuration, the inputs and the limits, also after a rotation', async () => {
    const { instance } = await server.instances.create(acme, 'brief');
    const configuration = { instanceId: instance.id, aiAgent: 'CLAUDE_CODE' } as const;
    await server.aiAgents.configure(acme, { ...configuration, apiKey: API_KEY, model: 'opus' });
    await server.instances.start(acme, instance.id);
    await server.aiAgents.configure(acme, { ...configuration, apiKey: `${API_KEY}-new`, model: 'haiku' });
    const more = { timeoutSeconds: 5, debug: true, allowedTools: ['Read', 'Bash(kubectl get:*)'] };
    const run = await server.startRun(acme, instance.id, {}, more);
    const bootstrap = await briefing.bootstrap(run);
    expect(bootstrap.environment).toMatchObject({
      ANTHROPIC_API_KEY: API_KEY,
      CLAUDE_CONFIG_DIR: `/data/${instance.id}/ai-agents/claude-code`,
      AGENT_CLI: 'claude',
      LLM_MODEL: 'opus',
      ALLOWED_TOOLS: 'Read,Bash(kubectl get:*)',
      DEBUG: 'true',
      RUN_ID: run.id,
      INCIDENT: `${bootstrap.workspace}/incident.json`,
    });
    expect(bootstrap).toMatchObject({ timeoutSeconds: 5, modelBaseUrls: { ANTHROPIC_BASE_URL: '/anthropic' } });
    const files = new Map(bootstrap.files.map((file) => [path.basename(file.path), file]));
    const text = (name: string): string => Buffer.from(files.get(name)!.contentBase64, 'base64').toString();
    expect(text('incident.json')).toBe(run.incident);
    expect(text('prompt.md')).toBe('Why?');
    expect(JSON.parse(text('settings.json'))).toMatchObject({ model: 'opus' });
    expect([...files.values()].every(({ mode }) => mode === 0o600)).toBe(true);
    expect(JSON.stringify(bootstrap.files)).not.toContain(Buffer.from(API_KEY).toString('base64').slice(0, 20));
  });

  it.each([
    ['CODEX_CLI', 'codex-cli', ['OPENAI_API_KEY'], ['CODEX_CONFIG_HOME', 'CODEX_HOME'], ['config.yaml', 'config.toml']],
    [
      'GEMINI_CLI',
      'gemini-cli',
      ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
      ['GEMINI_CONFIG_DIR', 'GEMINI_CLI_HOME'],
      ['config.json', '.gemini/settings.json'],
    ],
    ['OPENCODE', 'opencode', ['OPENAI_API_KEY'], ['OPENCODE_CONFIG_DIR'], ['config.toml', 'opencode.json']],
    ['GOOSE', 'goose', ['OPENAI_API_KEY'], ['GOOSE_PATH_ROOT'], ['config.yaml', 'config/config.yaml']],
  ] as const)(
    "brings %s its key, folder and files by the specification's names and by the CLI's own",
    async (aiAgent, folderName, keyVariables, folderVariables, fileNames) => {
      const { instance } = await server.instances.create(acme, `brief-${folderName}`);
      const configuration = { instanceId: instance.id, aiAgent };
      await server.aiAgents.configure(acme, { ...configuration, apiKey: API_KEY, model: 'some-model' });
      await server.instances.start(acme, instance.id);
      const run = await server.startRun(acme, instance.id, {}, { aiAgent });
      const { environment, files } = await briefing.bootstrap(run);
      const folder = `/data/${instance.id}/ai-agents/${folderName}`;
      for (const name of keyVariables) expect(environment[name]).toBe(API_KEY);
      for (const name of folderVariables) expect(environment[name]).toBe(folder);
      expect(briefing.memoryFolders(run)).toContain(folder);
      for (const name of fileNames) {
        const file = files.find((each) => each.path === `${folder}/${name}`);
        expect(Buffer.from(file!.contentBase64, 'base64').toString()).toContain('some-model');
      }
      const elsewhere = Object.entries(environment).filter(([name]) => !keyVariables.includes(name as never));
      expect(JSON.stringify([elsewhere, files])).not.toContain(API_KEY);
    },
  );

  it.each(AI_AGENT_NAMES)('tells of the environment of %s exactly what a run of it finds', async (aiAgent) => {
    const { instance } = await server.instances.create(acme, `told-${aiAgent}`);
    await server.aiAgents.configure(acme, { instanceId: instance.id, aiAgent, apiKey: API_KEY });
    await server.instances.start(acme, instance.id);
    for (const egress of [[], ['api.example.com:443']]) {
      await server.instances.update(acme, { instanceId: instance.id, egress });
      const run = await server.startRun(acme, instance.id, {}, { aiAgent });
      const found = await briefing.bootstrap(run);
      const names = [
        ...Object.keys(found.environment),
        ...Object.keys(found.modelBaseUrls),
        ...found.connectProxyVariables,
      ];
      const view = await server.instances.get(acme, instance.id);
      const told = briefing.environmentOf(view.instance, aiAgent, null);
      expect(told.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
      const secrets = Object.keys(found.environment).filter((name) => found.environment[name] === API_KEY);
      expect(secrets.length).toBeGreaterThan(0);
      expect(
        told
          .filter(({ secret }) => secret)
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual(secrets.toSorted());
      expect(told.filter(({ source }) => source === 'CREDENTIAL').every(({ secret }) => secret)).toBe(true);
    }
  });

  it('brings a kubeconfig of our own and what may be read of the cluster that the run names', async () => {
    const api = await startApiServer();
    const { id: clusterId } = await server.clusters.register(acme, { name: 'eu', kubeconfig: api.kubeconfig() });
    const instanceId = await server.startedInstance(acme);
    const run = await server.startRun(acme, instanceId, {}, { clusterId });
    const { files, environment, workspace } = await briefing.bootstrap(run);
    const kubeconfig = files.find((file) => file.path === environment.KUBECONFIG)!;
    expect(kubeconfig).toMatchObject({ mode: 0o600, substitute: true });
    expect(briefing.memoryFolders(run)).toContain(path.dirname(kubeconfig.path));
    const text = Buffer.from(kubeconfig.contentBase64, 'base64').toString();
    expect(parse(text)).toMatchObject({
      'current-context': 'triaged',
      clusters: [{ cluster: { server: api.url, 'proxy-url': '@CONNECT_PROXY@' } }],
      users: [{ user: { token: api.token } }],
    });
    const permissions = files.find((file) => file.path === `${workspace}/incident_cluster_permissions.json`)!;
    expect(permissions.substitute).toBeUndefined();
    expect(JSON.parse(Buffer.from(permissions.contentBase64, 'base64').toString())).toMatchObject({
      cluster: 'eu',
      defaultNamespace: 'default',
      mayRead: [{ namespaces: expect.arrayContaining(['default']), rules: expect.any(Array) }],
    });
    expect(JSON.stringify(environment)).not.toContain(api.token);
    await server.triage.cancel(acme, run.id);
    await api.close();

    const without = await briefing.bootstrap(await server.startRun(acme, instanceId));
    expect(without.files.map((file) => path.basename(file.path))).not.toContain('incident_cluster_permissions.json');
    expect(without.files.some((file) => file.path === without.environment.KUBECONFIG)).toBe(false);
  });

  it('keeps to the connection that the run was queued with, in kubeconfig, masking and network, when its cluster is given another', async () => {
    const [older, newer] = [await startApiServer(), await startApiServer()];
    const { id: clusterId } = await server.clusters.register(acme, { name: 'moves', kubeconfig: older.kubeconfig() });
    const instanceId = await server.startedInstance(acme);
    const run = await server.startRun(acme, instanceId, {}, { clusterId });
    await server.clusters.update(acme, clusterId, { kubeconfig: newer.kubeconfig() });
    const next = await server.startRun(acme, instanceId, {}, { clusterId });

    const told = async (of: TriageRunEntity) => {
      const { files, environment } = await briefing.bootstrap(of);
      const { contentBase64 } = files.find((file) => file.path === environment.KUBECONFIG)!;
      const { clusters, users } = parse(Buffer.from(contentBase64, 'base64').toString()) as {
        clusters: [{ cluster: { server: string } }];
        users: [{ user: { token: string } }];
      };
      const { token } = users[0].user;
      const isMasked = (await briefing.secrets(of)).includes(token);
      const address = await server.clusters.address(clusterOf(of)!);
      return { url: clusters[0].cluster.server, token, isMasked, port: address?.port };
    };
    const from = ({ url, token }: ApiServer) => ({ url, token, isMasked: true, port: Number(new URL(url).port) });
    expect(await told(run)).toEqual(from(older));
    expect(await told(next)).toEqual(from(newer));

    const kept = () =>
      server.dataSource.query('SELECT version FROM cluster_connections WHERE cluster_id = $1', [clusterId]);
    await server.destruction.destroyUnused();
    expect(await kept()).toEqual([{ version: 1 }]);
    await server.triage.cancel(acme, run.id);
    await server.destruction.destroyUnused();
    expect(await kept()).toEqual([]);
    await expect(briefing.secrets(run)).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' });
    expect(await told(next)).toEqual(from(newer));
    expect(
      await server.dataSource.query(
        `SELECT credential_version AS version, key_id FROM audit_events WHERE cluster_id = $1 AND action = 'CLUSTER_CREDENTIAL_DESTROYED'`,
        [clusterId],
      ),
    ).toEqual([{ version: 1, key_id: null }]);

    // Without a run that has it, a replaced connection is not kept at all.
    await server.triage.cancel(acme, next.id);
    await server.clusters.update(acme, clusterId, { kubeconfig: older.kubeconfig() });
    expect(await kept()).toEqual([]);
    await Promise.all([older.close(), newer.close()]);
  });

  it('says that a credential which does not open has to be set again', async () => {
    const api = await startApiServer();
    const { id: clusterId } = await server.clusters.register(acme, { name: 'us', kubeconfig: api.kubeconfig() });
    const run = await server.startRun(acme, await server.startedInstance(acme), {}, { clusterId });
    await server.dataSource.query('UPDATE clusters SET credential_version = 2 WHERE id = $1', [clusterId]);
    await expect(briefing.secrets(run)).rejects.toMatchObject({
      code: 'CREDENTIAL_UNREADABLE',
      message: expect.stringContaining('updateCluster'),
    });
    await api.close();
  });

  it('brings a system prompt as a file that the runner is told of, and none when none was given', async () => {
    const instanceId = await server.startedInstance(acme);
    const systemPrompt = 'You only look at $(reboot) "networks".\n';
    const given = await briefing.bootstrap(await server.startRun(acme, instanceId, {}, { systemPrompt }));
    const file = given.files.find(({ path: name }) => name === given.environment.SYSTEM_PROMPT_FILE);
    expect(Buffer.from(file!.contentBase64, 'base64').toString()).toBe(systemPrompt);
    const none = await briefing.bootstrap(await server.startRun(acme, instanceId));
    expect(none.environment).not.toHaveProperty('SYSTEM_PROMPT_FILE');
    expect(none.files.filter(({ path: name }) => name.includes('system-prompt'))).toEqual([]);
  });

  it('derives a token of its own for each run, the same every time', () => {
    const [a, b] = [newRunId(), newRunId()];
    expect(briefing.channelTokens(a)).toEqual(briefing.channelTokens(a));
    expect(briefing.channelTokens(a)).not.toEqual(briefing.channelTokens(b));
    expect(briefing.channelTokens(a)).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
  });

  it('knows the token of a run that was begun under the secondary master secret', () => {
    const [earlier, later] = [randomBytes(32), randomBytes(32)];
    const run = newRunId();
    const [begunWith] = briefingWith({ primary: earlier }).channelTokens(run);
    const [issued, ...known] = briefingWith({ primary: later, secondary: earlier }).channelTokens(run);
    expect(known).toEqual([begunWith]);
    expect(issued).not.toBe(begunWith);
  });
});
