import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiKeyRegistry } from './api-key-registry.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'triaged-keys-'));
  file = path.join(folder, 'api-keys.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('ApiKeyRegistry', () => {
  it('knows the holder of a key it has made, also after it was opened again', async () => {
    const key = await (await ApiKeyRegistry.open({ file })).createKey('payments', 'OPERATOR');
    const registry = await ApiKeyRegistry.open({ file });
    expect(key).toMatch(/^tri_[a-z0-9]{8}_[\w-]{43}$/);
    expect(registry.authenticate(key)).toEqual({ tenantId: 'payments', role: 'OPERATOR', keyId: key.slice(0, 12) });
  });

  it('refuses a key with one character changed, a prefix alone and nonsense', async () => {
    const registry = await ApiKeyRegistry.open({ file });
    const key = await registry.createKey('payments', 'ADMIN');
    const last = key.endsWith('A') ? 'B' : 'A';
    for (const wrong of [`${key.slice(0, -1)}${last}`, key.slice(0, 12), `${key} `, '', 'x'.repeat(10_000)]) {
      expect(registry.authenticate(wrong)).toBeUndefined();
    }
  });

  it('keeps no key on disk, only its hash, in a file that its owner alone may read', async () => {
    const registry = await ApiKeyRegistry.open({ file });
    const key = await registry.createKey('payments', 'ADMIN');
    expect(await readFile(file, 'utf8')).not.toContain(key.slice(13));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['api-keys.json']);
  });

  it('loses no key when several are made at once, also by two registries in turn', async () => {
    const [one, two] = [await ApiKeyRegistry.open({ file }), await ApiKeyRegistry.open({ file })];
    const keys = await Promise.all(Array.from({ length: 10 }, () => one.createKey('a', 'VIEWER')));
    keys.push(await two.createKey('b', 'VIEWER'));
    const registry = await ApiKeyRegistry.open({ file });
    expect(registry.size).toBe(11);
    expect(keys.every((key) => registry.authenticate(key))).toBe(true);
  });

  it('lets a key expire', async () => {
    const registry = await ApiKeyRegistry.open({ file });
    const key = await registry.createKey('a', 'VIEWER', { expiresAt: new Date('2030-01-01T00:00:00Z') });
    expect(registry.authenticate(key, new Date('2029-12-31T23:59:59Z'))).toBeDefined();
    expect(registry.authenticate(key, new Date('2030-01-01T00:00:00Z'))).toBeUndefined();
  });

  it.each(['', 'Ünicode', 'A', '-a', 'a/b', '../x', 'a'.repeat(65)])('refuses the tenant id %j', async (tenantId) => {
    const registry = await ApiKeyRegistry.open({ file });
    await expect(registry.createKey(tenantId, 'ADMIN')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'tenantId' },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the faults of a damaged file and keeps the keys it knew', async () => {
    const registry = await ApiKeyRegistry.open({ file });
    const key = await registry.createKey('a', 'ADMIN');
    await writeFile(
      file,
      JSON.stringify({ keys: [{ id: 'nope', sha256: 'short', tenantId: 'a', role: 'ROOT', createdAt: 'today' }] }),
    );
    await expect(registry.reload()).rejects.toThrow(/keys\[0\]\.role/);
    await writeFile(file, '{"keys": [');
    await expect(registry.reload()).rejects.toThrow('not valid JSON');
    expect(registry.authenticate(key)).toBeDefined();
  });
});
