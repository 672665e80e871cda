import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InstanceList } from '../../src/features/instances/index.js';
import type { InstanceFilter } from '../../src/features/instances/index.js';
import { newInstanceId } from '../../src/kernel/ids.js';
import { Pager } from '../../src/kernel/pager.js';
import type { PageArguments } from '../../src/kernel/pager.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = actorOf('acme');
const other = actorOf('other');

describe('instances', () => {
  let rig: DomainRig;
  let server: DomainServer;
  beforeAll(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
  });
  afterAll(() => rig.close());

  const configure = (instanceId: string, apiKey: string | undefined, model?: string) =>
    server.aiAgents.configure(acme, { instanceId, aiAgent: 'CLAUDE_CODE', apiKey, model });
  const claudeOf = async (id: string) => (await server.instances.get(acme, id)).aiAgents[0]!;

  it('starts stopped, configured with nothing', async () => {
    const { instance, aiAgents } = await server.instances.create(acme, ' prod ');
    expect(instance).toMatchObject({ name: 'prod', state: 'STOPPED', startedAt: null });
    expect(aiAgents).toEqual(
      ['CLAUDE_CODE', 'CODEX_CLI', 'GEMINI_CLI', 'OPENCODE', 'GOOSE'].map((aiAgent) => ({
        ...{ instanceId: instance.id, aiAgent, configuration: undefined, credential: undefined, pin: undefined },
      })),
    );
  });

  it.each([
    ['CODEX_CLI', 'codex-cli/config.yaml', 'gpt-4'],
    ['GEMINI_CLI', 'gemini-cli/config.json', 'gemini-pro'],
    ['OPENCODE', 'opencode/config.toml', 'openai/gpt-4.1'],
    ['GOOSE', 'goose/config.yaml', 'gpt-4.1'],
  ] as const)('stores the configuration of %s at %s, and its key sealed alone', async (aiAgent, file, model) => {
    const { instance } = await server.instances.create(acme, `stores-${aiAgent}`);
    await server.aiAgents.configure(acme, { instanceId: instance.id, aiAgent, apiKey: API_KEY, model });
    const folder = path.join(rig.folder, 'instances', instance.id, 'ai-agents');
    expect(await readFile(path.join(folder, file), 'utf8')).toContain(model);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      expect(await readFile(path.join(entry.parentPath, entry.name), 'utf8')).not.toContain(API_KEY);
    }
    const rows: unknown = await server.dataSource.query(
      `SELECT encode(sealed, 'escape') AS sealed FROM credentials WHERE instance_id = $1 AND ai_agent = $2`,
      [instance.id, aiAgent],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(API_KEY);
  });

  it('refuses a second instance of a name, but not to another tenant', async () => {
    await server.instances.create(acme, 'twice');
    await expect(server.instances.create(acme, 'twice')).rejects.toMatchObject({ code: 'DUPLICATE_NAME' });
    await expect(server.instances.create(other, 'twice')).resolves.toBeDefined();
  });

  it('keeps no key in plain text, neither in the database nor in settings.json', async () => {
    const { instance } = await server.instances.create(acme, 'sealed');
    await configure(instance.id, API_KEY, 'opus');
    const rows: unknown = await server.dataSource.query(
      `SELECT row_to_json(c)::text, encode(sealed, 'escape') FROM credentials c UNION ALL
       SELECT row_to_json(a)::text, '' FROM ai_agent_configurations a`,
    );
    expect(JSON.stringify(rows)).not.toContain(API_KEY);
    const folder = path.join(rig.folder, 'instances', instance.id, 'ai-agents/claude-code');
    expect(await readdir(folder)).toEqual(['settings.json']);
    const settings = await readFile(path.join(folder, 'settings.json'), 'utf8');
    expect(JSON.parse(settings)).toMatchObject({ model: 'opus' });
    expect(settings).not.toContain(API_KEY);
  });

  it('pins on start: a rotated key and a new model wait for the next start', async () => {
    const { instance } = await server.instances.create(acme, 'pins');
    await configure(instance.id, API_KEY, 'opus');
    const started = await server.instances.start(acme, instance.id);
    expect(started.instance.state).toBe('RUNNING');
    await configure(instance.id, `${API_KEY}-2`, 'haiku');
    await server.instances.start(acme, instance.id);
    const pinned = await claudeOf(instance.id);
    expect(pinned.pin).toMatchObject({ credentialVersion: 1, configurationRevision: 1 });
    expect(pinned.credential).toMatchObject({ version: 2, state: 'ACTIVE' });
    expect(
      await server.dataSource.query(
        `SELECT version, state, rotated_at IS NOT NULL AS rotated FROM credentials
      WHERE instance_id = $1 ORDER BY version`,
        [instance.id],
      ),
    ).toEqual([
      { version: 1, state: 'ROTATED', rotated: true },
      { version: 2, state: 'ACTIVE', rotated: false },
    ]);
    await server.instances.stop(acme, instance.id);
    expect((await claudeOf(instance.id)).pin).toBeUndefined();
    await server.instances.start(acme, instance.id);
    expect((await claudeOf(instance.id)).pin).toMatchObject({ credentialVersion: 2, configurationRevision: 2 });
  });

  it('gives every one of many configurations at once a version of its own', async () => {
    const { instance } = await server.instances.create(acme, 'racing');
    await Promise.all(Array.from({ length: 10 }, (_, n) => configure(instance.id, `${API_KEY}-${n}`)));
    expect((await claudeOf(instance.id)).credential).toMatchObject({ version: 10 });
    expect((await claudeOf(instance.id)).configuration).toMatchObject({ revision: 10 });
  });

  it('keeps the key when only the model is configured, and wants one the first time', async () => {
    const { instance } = await server.instances.create(acme, 'model-only');
    await expect(configure(instance.id, undefined, 'opus')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await claudeOf(instance.id)).configuration).toBeUndefined();
    await configure(instance.id, API_KEY);
    const view = await configure(instance.id, undefined, 'opus');
    expect(view).toMatchObject({ credential: { version: 1, lastFour: 'cdef' }, configuration: { revision: 2 } });
  });

  it.each([
    ['a short key', 'x'],
    ['a key with a line break', 'sk-ant-0123\n456789'],
    ['a key of 513 characters', 'x'.repeat(513)],
  ])('refuses %s without repeating it, and stores nothing', async (_, apiKey) => {
    const { instance } = await server.instances.create(acme, `bad-${apiKey.length}`);
    const error = await configure(instance.id, apiKey).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.apiKey' } });
    if (apiKey.length > 1) expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(apiKey);
    expect(await claudeOf(instance.id)).toMatchObject({ configuration: undefined, credential: undefined });
  });

  it('does not start with a key that was moved from another row', async () => {
    const [a, b] = [await server.instances.create(acme, 'swap-a'), await server.instances.create(acme, 'swap-b')];
    await configure(a.instance.id, API_KEY);
    await configure(b.instance.id, `${API_KEY}-b`);
    await server.dataSource.query(
      `UPDATE credentials SET sealed = (SELECT sealed FROM credentials WHERE instance_id = $2) WHERE instance_id = $1`,
      [a.instance.id, b.instance.id],
    );
    await expect(server.instances.start(acme, a.instance.id)).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' });
    expect((await server.instances.get(acme, a.instance.id)).instance.state).toBe('STOPPED');
    expect((await claudeOf(a.instance.id)).pin).toBeUndefined();
  });

  it('answers 403 for another tenant, 404 for an unknown id and 400 for what is no id', async () => {
    const { instance } = await server.instances.create(acme, 'mine');
    const calls = [
      (id: string) => server.instances.get(other, id),
      (id: string) => server.instances.start(other, id),
      (id: string) => server.instances.stop(other, id),
      (id: string) => server.aiAgents.configure(other, { instanceId: id, aiAgent: 'CLAUDE_CODE', apiKey: API_KEY }),
    ];
    for (const call of calls) {
      await expect(call(instance.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(call(newInstanceId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(call('inst-001')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    expect((await server.instances.get(acme, instance.id.toUpperCase())).instance.id).toBe(instance.id);
  });

  it('lists the tenant its own instances, newest first, in pages, as filtered', async () => {
    const actor = actorOf('lister');
    for (const name of ['one', 'two', 'three']) await server.instances.create(actor, name);
    await server.instances.start(actor, (await server.instances.create(actor, 'four')).instance.id);
    const page = async (args: PageArguments, filter: InstanceFilter = {}) => {
      const { items, ...others } = await server.instanceList.page(actor, filter, args, { withTotal: true });
      return { ...others, names: items.map(({ instance }) => instance.name) };
    };
    const first = await page({ limit: 2 });
    expect(first).toMatchObject({ names: ['four', 'three'], totalCount: 4 });
    expect(await page({ limit: 2, after: first.nextCursor })).toMatchObject({
      names: ['two', 'one'],
      nextCursor: null,
    });
    expect((await page({ offset: 3 })).names).toEqual(['one']);
    expect(await page({}, { state: 'RUNNING' })).toMatchObject({ names: ['four'], totalCount: 1 });
    expect(await page({}, { name: 'two', state: 'STOPPED' })).toMatchObject({ names: ['two'], totalCount: 1 });
    for (const [path, args] of [
      ['limit', { limit: 101 }],
      ['offset', { offset: -1 }],
      ['offset', { offset: 1, after: first.nextCursor }],
      ['after', { after: 'forged' }],
    ] as const) {
      await expect(page(args)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
    }
    await expect(server.instanceList.page(acme, {}, { after: first.nextCursor }, { withTotal: false })).rejects.toThrow(
      /nextCursor/,
    );
  });

  it('lists pages as long as the operator allows', async () => {
    const actor = actorOf('paged');
    for (const name of ['one', 'two', 'three']) await server.instances.create(actor, name);
    const pager = new Pager({ masterSecret: randomBytes(32), defaultLimit: 1, maxLimit: 2 });
    const list = new InstanceList({ dataSource: server.dataSource, pager });
    expect((await list.page(actor, {}, {}, { withTotal: false })).items).toHaveLength(1);
    await expect(list.page(actor, {}, { limit: 3 }, { withTotal: false })).rejects.toMatchObject({
      details: { maximum: 2 },
    });
  });
});
