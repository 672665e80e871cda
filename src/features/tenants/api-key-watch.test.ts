import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { until } from '../../../tests/testkit/until.js';
import type { Closable } from '../../kernel/closing.js';
import type { TenantId } from '../../kernel/ids.js';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import { ApiKeyRegistry } from './api-key-registry.js';

const EVERY_MS = 20;
let folder: string;
let file: string;
let registry: ApiKeyRegistry;
let watch: Closable;
let log = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'triaged-watch-'));
  file = path.join(folder, 'keys.json');
  log = '';
});
afterEach(async () => {
  await watch.close();
  await rm(folder, { recursive: true });
});

async function follow(name = file): Promise<void> {
  registry = await ApiKeyRegistry.open({ file: name });
  const logger = pino({ level: 'error' }, { write: (line: string) => void (log += line) });
  watch = registry.watch({ logger, everyMs: EVERY_MS });
}
const errors = () => log.split('\n').filter(Boolean).length;

describe('the watch on the API keys', () => {
  it('takes up keys that another process makes, and drops revoked ones', async () => {
    await follow();
    const other = await ApiKeyRegistry.open({ file });
    const key = await other.createKey('a', 'ADMIN');
    await until(() => registry.authenticate(key) !== undefined);
    await other.revokeKey(key.slice(0, 12));
    await until(() => registry.authenticate(key) === undefined);
  });

  it("takes up tenants' settings", async () => {
    await follow();
    await writeFile(file, JSON.stringify({ keys: [], tenants: { a: { quota: { limit: 7, windowSeconds: 9 } } } }));
    await until(() => registry.settingsOf('a' as TenantId).quota?.limit === 7);
    expect(registry.settingsOf('b' as TenantId)).toEqual({});
  });

  it('keeps its keys while the file is broken, says so once, and takes up the repaired file', async () => {
    await follow();
    const key = await registry.createKey('a', 'ADMIN');
    const whole = await ApiKeyRegistry.open({ file });
    await cp(file, `${file}.kept`);
    // At once: a file that is truncated first has two broken contents.
    await writeFileAtomically(file, '{"keys": [');
    await until(() => errors() === 1);
    await sleep(EVERY_MS * 5);
    expect(errors()).toBe(1);
    expect(log).toContain('not valid JSON');
    expect(registry.authenticate(key)).toBeDefined();
    await rename(`${file}.kept`, file);
    await whole.revokeKey(key.slice(0, 12));
    await until(() => registry.authenticate(key) === undefined);
  });

  it('keeps its keys when the file is gone', async () => {
    await follow();
    const key = await registry.createKey('a', 'ADMIN');
    await rm(file);
    await until(() => errors() === 1);
    expect(registry.authenticate(key)).toBeDefined();
  });

  it('follows a config map, whose links move', async () => {
    const mount = path.join(folder, 'mount');
    for (const version of ['..1', '..2']) await mkdir(path.join(mount, version), { recursive: true });
    const keyOf = async (version: string) =>
      (await ApiKeyRegistry.open({ file: path.join(mount, version, 'keys.json') })).createKey('a', 'ADMIN');
    const [first, second] = [await keyOf('..1'), await keyOf('..2')];
    await symlink('..1', path.join(mount, '..data'));
    await symlink('..data/keys.json', path.join(mount, 'keys.json'));
    await follow(path.join(mount, 'keys.json'));
    expect(registry.authenticate(first)).toBeDefined();
    await symlink('..2', path.join(mount, '..tmp'));
    await rename(path.join(mount, '..tmp'), path.join(mount, '..data'));
    await until(() => registry.authenticate(second) !== undefined);
    expect(registry.authenticate(first)).toBeUndefined();
  });
});
