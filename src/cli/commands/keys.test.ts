import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiKeyRegistry } from '../../features/tenants/index.js';
import { runWords, type Ran } from '../../../tests/testkit/command-line.js';
import { readExpiry } from './expiry.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'triaged-cli-'));
  file = path.join(folder, 'keys.json');
});
afterEach(() => rm(folder, { recursive: true }));

const attempt = (...words: string[]): Promise<Ran> =>
  runWords(['keys', ...words], { environment: { API_KEYS_FILE: file } });

async function run(...words: string[]): Promise<Ran> {
  const ran = await attempt(...words);
  expect(ran).toMatchObject({ exitCode: 0 });
  return ran;
}

describe('triaged keys', () => {
  it('prints a new key once, alone on stdout, and it works with its role', async () => {
    const { out } = await run('create', '--tenant', 'payments', '--role', 'operator');
    expect(out).toMatch(/^tri_[a-z0-9]{8}_[\w-]{43}\n$/);
    const registry = await ApiKeyRegistry.open({ file });
    expect(registry.authenticate(out.trim())).toMatchObject({ tenantId: 'payments', role: 'OPERATOR' });
    expect(await readFile(file, 'utf8')).not.toContain(out.trim().slice(13));
  });

  it('lists keys without any key or hash', async () => {
    const key = (await run('create', '--tenant', 'a', '--role', 'VIEWER', '--expires', '90d')).out.trim();
    await run('create', '--tenant', 'b', '--role', 'ADMIN');
    const { sha256 } = (JSON.parse(await readFile(file, 'utf8')) as { keys: { sha256: string }[] }).keys[0]!;
    for (const listed of [(await run('list')).out, (await run('list', '--json')).out]) {
      expect(listed).toContain(key.slice(0, 12));
      expect(listed).not.toContain(key.slice(13));
      expect(listed).not.toContain(sha256);
    }
    expect((await run('list', '--tenant', 'b')).out).not.toContain(key.slice(0, 12));
  });

  it('revokes a key, and says so when there is none', async () => {
    const key = (await run('create', '--tenant', 'a', '--role', 'VIEWER')).out.trim();
    await run('revoke', key.slice(0, 12));
    expect((await ApiKeyRegistry.open({ file })).authenticate(key)).toBeUndefined();
    const again = await attempt('revoke', key.slice(0, 12));
    expect(again).toMatchObject({ exitCode: 5, err: expect.stringContaining(`has no key ${key.slice(0, 12)}`) });
  });

  it.each([
    ['with a letter too many', (key: string) => `${key}x`, 'has no key tri_'],
    ['with a letter too few', (key: string) => key.slice(0, -1), 'has no key tri_'],
    ['without its beginning', (key: string) => key.slice(13), 'has no key of that id'],
  ])('shows no whole key that was mistyped: %s', async (_name, mistype, told) => {
    const key = (await run('create', '--tenant', 'a', '--role', 'VIEWER')).out.trim();
    const { exitCode, err } = await attempt('revoke', '--', mistype(key));
    expect({ exitCode, err }).toEqual({ exitCode: 5, err: expect.stringContaining(told) });
    expect(err).not.toContain(key.slice(13, -1));
  });

  it('loses no key and no setting when many write at once', async () => {
    const tenants = { a: { quota: { limit: 7, windowSeconds: 3 } } };
    await writeFile(file, JSON.stringify({ keys: [], tenants }));
    const created = await Promise.all(
      Array.from({ length: 12 }, () => run('create', '--tenant', 'a', '--role', 'VIEWER')),
    );
    const [first, ...others] = created.map(({ out }) => out.trim());
    await Promise.all([run('revoke', first!.slice(0, 12)), run('create', '--tenant', 'b', '--role', 'ADMIN')]);
    const registry = await ApiKeyRegistry.open({ file });
    expect(registry.size).toBe(12);
    expect(others.every((key) => registry.authenticate(key))).toBe(true);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ tenants });
  });

  it.each([
    [['make'], "unknown command 'make'"],
    [['create', '--role', 'ADMIN'], '--tenant'],
    [['create', '--tenant', 'a', '--role', 'ROOT'], 'ADMIN, OPERATOR, VIEWER'],
    [['create', '--tenant', 'a', '--role', 'ADMIN', '--expires', 'soon'], 'no time'],
    [['create', '--tenant', 'a', '--role', 'ADMIN', '--expires', '2999-02-31'], 'no time'],
    [['create', '--tenant', 'a', '--role', 'ADMIN', '--expires', '2001-01-01'], 'not in the future'],
    [['create', '--tenant', 'a', '--role', 'ADMIN', '--tenat', 'a'], '--tenat'],
    [['list', '--role', 'ADMIN'], "unknown option '--role'"],
    [['revoke'], "missing required argument 'id'"],
  ])('refuses %j and says why', async (words, why) => {
    expect(await attempt(...words)).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining(why) });
  });

  it('reads spans, days and instants', () => {
    const now = new Date('2026-11-20T12:00:00Z');
    const read = (text: string) => readExpiry(text, now).toISOString();
    expect([read('12h'), read('90d'), read('2027-01-31'), read('2027-01-31T12:00:00+02:00')]).toEqual([
      '2026-11-21T00:00:00.000Z',
      '2027-02-18T12:00:00.000Z',
      '2027-01-31T00:00:00.000Z',
      '2027-01-31T10:00:00.000Z',
    ]);
  });
});
