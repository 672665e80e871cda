import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AiAgent } from '../../src/kernel/ai-agents.js';
import { instanceType } from '../../src/features/instances/index.js';
import { InstanceEnvironmentResolver } from '../../src/features/triage/index.js';
import { AI_AGENTS } from '../../src/kernel/ai-agents.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = { ...actorOf('acme'), keyId: 'tk_acme' };

describe('the configuration of an AI agent', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let environment: InstanceEnvironmentResolver;
  beforeAll(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    environment = new InstanceEnvironmentResolver({ briefing: server.briefing, history: server.revisions });
  });
  afterAll(() => rig.close());

  let count = 0;
  const newInstance = async () => (await server.instances.create(acme, `c-${count++}`)).instance.id;
  const configure = (instanceId: string, more: object, aiAgent: AiAgent = 'GOOSE') =>
    server.aiAgents.configure(acme, { instanceId, aiAgent, ...more });
  const folderOf = (instanceId: string, aiAgent: AiAgent) =>
    path.join(rig.folder, 'instances', instanceId, 'ai-agents', AI_AGENTS[aiAgent].folder);
  const contentsOf = async (folder: string) =>
    Promise.all(
      (await readdir(folder)).sort().map((name) => readFile(path.join(folder, name), 'utf8').catch(() => '')),
    );

  it('keeps what is left out and resets what is null', async () => {
    const id = await newInstance();
    const all = { provider: 'anthropic', model: 'm', settings: { GOOSE_MAX_TURNS: 5 } } as const;
    await configure(id, { apiKey: API_KEY, ...all });
    expect((await configure(id, {})).configuration).toMatchObject({ revision: 2, ...all });
    expect((await configure(id, { model: null })).configuration).toMatchObject({ ...all, model: null });
    expect((await configure(id, { settings: null })).configuration).toMatchObject({
      provider: 'anthropic',
      settings: {},
    });
  });

  it('takes the key anew for another provider or base URL, and forgets the model of the one before', async () => {
    const id = await newInstance();
    const at = { baseUrl: 'https://models.example.com' };
    await configure(id, { apiKey: API_KEY, model: 'gpt-4.1' });
    for (const change of [{ provider: 'google' }, at]) {
      await expect(configure(id, change)).rejects.toMatchObject({ details: { path: 'input.apiKey' } });
    }
    const other = await configure(id, { provider: 'google', apiKey: API_KEY, ...at });
    expect(other.configuration).toMatchObject({ provider: 'google', model: null, ...at });
    expect((await configure(id, { model: 'm', ...at })).configuration).toMatchObject({ model: 'm', ...at });
    const back = { provider: 'openai', apiKey: API_KEY } as const;
    expect((await configure(id, back)).configuration).toMatchObject({ model: null, baseUrl: null });
  });

  it.each([
    ['a provider that the CLI does not speak', 'CODEX_CLI', { provider: 'google' }, 'input.provider'],
    ['tools for a CLI that is not kept to them', 'GOOSE', { allowedTools: ['Read'] }, 'input.allowedTools'],
    ['a tool with a comma', 'CLAUDE_CODE', { allowedTools: ['Read', 'a,b'] }, 'input.allowedTools.1'],
    ['a setting that it does not have', 'GEMINI_CLI', { settings: { hooks: {} } }, 'input.settings.hooks'],
    ['a base URL without TLS', 'GOOSE', { baseUrl: 'http://models.example.com' }, 'input.baseUrl'],
    ['a base URL with a password', 'GOOSE', { baseUrl: 'https://u:p@models.example.com' }, 'input.baseUrl'],
    ['a base URL with a query', 'GOOSE', { baseUrl: 'https://models.example.com/?a' }, 'input.baseUrl'],
    ['a base URL on the metadata address', 'GOOSE', { baseUrl: 'https://169.254.169.254' }, 'input.baseUrl'],
    ['a base URL on this machine', 'GOOSE', { baseUrl: 'https://[::1]/' }, 'input.baseUrl'],
    ['a base URL that is none', 'GOOSE', { baseUrl: 'file:///etc/passwd' }, 'input.baseUrl'],
  ] as const)('refuses %s, and stores nothing', async (_, aiAgent, wrong, place) => {
    const id = await newInstance();
    const refused = configure(id, { apiKey: API_KEY, ...wrong }, aiAgent);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { path: place } });
    const { aiAgents } = await server.instances.get(acme, id);
    expect(aiAgents.filter(({ configuration, credential }) => configuration ?? credential)).toEqual([]);
    await expect(stat(folderOf(id, aiAgent))).rejects.toThrow('ENOENT');
  });

  it('keeps every revision with who and when, the removal among them, and pages them newest first', async () => {
    const id = await newInstance();
    await configure(id, { apiKey: API_KEY, model: 'a' });
    await server.aiAgents.configure({ ...acme, keyId: 'tk_two' }, { instanceId: id, aiAgent: 'GOOSE', model: 'b' });
    await server.aiAgents.remove(acme, id, 'GOOSE');
    const place = { tenantId: acme.tenantId, instanceId: id, aiAgent: 'GOOSE' } as const;
    const revisions = await server.aiAgents.revisions(place, {});
    expect(
      revisions.map(({ revision, removed, model, configuredBy }) => [revision, removed, model, configuredBy]),
    ).toEqual([
      [3, true, null, 'tk_acme'],
      [2, false, 'b', 'tk_two'],
      [1, false, 'a', 'tk_acme'],
    ]);
    const times = revisions.map(({ createdAt }) => createdAt.getTime());
    expect(times.toSorted((a, b) => b - a)).toEqual(times);
    expect(await server.aiAgents.revisions(place, { limit: 1, offset: 1 })).toMatchObject([{ revision: 2 }]);
  });

  it('is read back for many AI agents and instances at once in one statement, to each its own', async () => {
    const ids = await Promise.all([newInstance(), newInstance(), newInstance()]);
    for (const id of ids) {
      for (const model of ['a', 'b', 'c'])
        await configure(id, { apiKey: API_KEY, model: `${model}-${id.slice(0, 8)}` });
      await configure(id, { apiKey: API_KEY, model: 'opus' }, 'CLAUDE_CODE');
    }
    const places = ids.flatMap((instanceId) =>
      (['GOOSE', 'CLAUDE_CODE', 'OPENCODE'] as const).map((aiAgent) => ({
        tenantId: acme.tenantId,
        instanceId,
        aiAgent,
      })),
    );
    const query = jest.spyOn(server.dataSource, 'query');
    const pages = await Promise.all(places.map((place) => server.aiAgents.revisions(place, { limit: 2 })));
    expect(query).toHaveBeenCalledTimes(1);
    const firsts = await Promise.all(places.map((place) => server.revisions.revision(place, 1)));
    expect(query).toHaveBeenCalledTimes(2);
    query.mockRestore();
    const modelsOf = (id: string) => [[`c-${id.slice(0, 8)}`, `b-${id.slice(0, 8)}`], ['opus'], []];
    expect(pages.map((page) => page.map(({ model }) => model))).toEqual(ids.flatMap(modelsOf));
    expect(firsts.map((first) => first?.model)).toEqual(
      ids.flatMap((id) => [`a-${id.slice(0, 8)}`, 'opus', undefined]),
    );
  });

  it('tells of a running instance the environment of what it pinned, also when another provider is configured', async () => {
    const id = await newInstance();
    await configure(id, { apiKey: API_KEY });
    await server.instances.start(acme, id);
    await configure(id, { apiKey: API_KEY, provider: 'anthropic' });
    const keys = async (): Promise<string[]> => {
      const told = await environment.environment(instanceType(await server.instances.get(acme, id)), 'GOOSE');
      return told.filter(({ secret }) => secret).map(({ name }) => name);
    };
    expect(await keys()).toEqual(['OPENAI_API_KEY']);
    await server.instances.stop(acme, id);
    expect(await keys()).toEqual(['ANTHROPIC_API_KEY']);
    await server.aiAgents.remove(acme, id, 'GOOSE');
    expect(await keys()).toEqual([]);
  });

  it('is removed with its files and its key, but not from the pins of a running instance', async () => {
    const id = await newInstance();
    await configure(id, { apiKey: API_KEY });
    await configure(id, { apiKey: API_KEY }, 'CLAUDE_CODE');
    await server.instances.start(acme, id);
    const { aiAgents } = await server.aiAgents.remove(acme, id, 'GOOSE');
    const goose = aiAgents.find(({ aiAgent }) => aiAgent === 'GOOSE')!;
    expect(goose).toMatchObject({ configuration: undefined, credential: undefined, pin: { configurationRevision: 1 } });
    await expect(stat(folderOf(id, 'GOOSE'))).rejects.toThrow('ENOENT');
    expect(await readdir(folderOf(id, 'CLAUDE_CODE'))).toEqual(['settings.json']);
    const run = await server.startRun(acme, id, {}, { aiAgent: 'GOOSE' });
    expect(run).toMatchObject({ configurationRevision: 1, credentialVersion: 1 });

    await expect(server.aiAgents.remove(acme, id, 'GOOSE')).rejects.toMatchObject({ code: 'AI_AGENT_NOT_CONFIGURED' });
    await server.instances.restart(acme, id);
    await expect(server.startRun(acme, id, {}, { aiAgent: 'GOOSE' })).rejects.toMatchObject({
      code: 'AI_AGENT_NOT_CONFIGURED',
    });
    await expect(configure(id, {})).rejects.toMatchObject({ details: { path: 'input.apiKey' } });
    expect((await configure(id, { apiKey: API_KEY })).configuration).toMatchObject({ revision: 3 });
  });

  it('leaves no file of a change that was rolled back', async () => {
    const id = await newInstance();
    await configure(id, { apiKey: API_KEY, model: 'before' });
    await server.dataSource.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.model = 'never' THEN RAISE 'no'; END IF; RETURN NEW; END $$`);
    await server.dataSource.query(`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ai_agent_configurations
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`);
    await expect(configure(id, { model: 'never' })).rejects.toThrow('no');
    await server.dataSource.query(`DROP TRIGGER refuse ON ai_agent_configurations; DROP FUNCTION refuse()`);
    expect((await contentsOf(folderOf(id, 'GOOSE'))).join()).toContain('before');
    expect((await contentsOf(folderOf(id, 'GOOSE'))).join()).not.toContain('never');
  });

  it('is written again as it was when the folder is missing or was changed, at the next start of the server', async () => {
    const id = await newInstance();
    await configure(id, { apiKey: API_KEY, model: 'opus' }, 'CLAUDE_CODE');
    await configure(id, { apiKey: API_KEY, model: 'm' });
    const written = await contentsOf(folderOf(id, 'CLAUDE_CODE'));
    await rm(folderOf(id, 'GOOSE'), { recursive: true });
    await writeFile(path.join(folderOf(id, 'CLAUDE_CODE'), 'settings.json'), '{"hooks":{}}');
    await writeFile(path.join(folderOf(id, 'CLAUDE_CODE'), 'planted.json'), '{}');
    await mkdir(folderOf(id, 'CODEX_CLI'));
    const next = await rig.server();
    await next.files.materialiseAll();
    expect(await contentsOf(folderOf(id, 'CLAUDE_CODE'))).toEqual(written);
    expect((await stat(path.join(folderOf(id, 'GOOSE'), 'config.yaml'))).mode & 0o777).toBe(0o600);
    await expect(stat(folderOf(id, 'CODEX_CLI'))).rejects.toThrow('ENOENT');
  });

  it('ends with the folder of the newest of many changes at once', async () => {
    const id = await newInstance();
    await configure(id, { apiKey: API_KEY });
    await Promise.all(Array.from({ length: 12 }, (_, n) => configure(id, { model: `m-${n}` })));
    const [view] = (await server.instances.get(acme, id)).aiAgents.filter(({ aiAgent }) => aiAgent === 'GOOSE');
    const text = await readFile(path.join(folderOf(id, 'GOOSE'), 'config.yaml'), 'utf8');
    expect(text).toContain(`GOOSE_MODEL: ${view!.configuration!.model}\n`);
  });

  it("gives its tools to runs that name none, and a run's own list alone to those that do", async () => {
    const id = await newInstance();
    await configure(id, { apiKey: API_KEY, allowedTools: ['Read', 'Bash(kubectl get:*)', 'Read'] }, 'CLAUDE_CODE');
    await server.instances.start(acme, id);
    expect((await server.startRun(acme, id)).allowedTools).toEqual(['Read', 'Bash(kubectl get:*)']);
    expect((await server.startRun(acme, id, {}, { allowedTools: ['Grep'] })).allowedTools).toEqual(['Grep']);
  });
});
