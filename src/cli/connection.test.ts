import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveConnection } from './connection.js';

let folder: string;
let DATA_DIR: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'triaged-cli-'));
  DATA_DIR = path.join(folder, 'data');
  await mkdir(DATA_DIR);
  await writeFile(path.join(DATA_DIR, 'demo.api-key'), 'tri_demo\n');
  await writeFile(path.join(folder, 'key'), ' tri_file\n');
});
afterAll(() => rm(folder, { recursive: true }));

const announce = (url: string) => writeFile(path.join(DATA_DIR, 'server.json'), JSON.stringify({ url, pid: 1 }));

describe('resolveConnection', () => {
  it('finds the server of this folder, and its demo key', async () => {
    await announce('http://0.0.0.0:4123');
    const found = { url: 'http://127.0.0.1:4123', apiKey: 'tri_demo', urlFrom: path.join(DATA_DIR, 'server.json') };
    expect(await resolveConnection({}, { DATA_DIR })).toMatchObject(found);
    expect(await resolveConnection({ url: 'http://localhost:4123/' }, { DATA_DIR })).toMatchObject({
      apiKey: 'tri_demo',
    });
  });

  it('takes what is nearer: the option, the variable, the folder, the default', async () => {
    await announce('http://127.0.0.1:4123');
    const environment = { DATA_DIR, TRIAGED_URL: 'https://a.example/triaged/', TRIAGED_API_KEY: 'tri_variable' };
    const keyFile = path.join(folder, 'key');
    expect(await resolveConnection({ url: 'https://b.example', apiKeyFile: keyFile }, environment)).toEqual({
      url: 'https://b.example',
      urlFrom: '--url',
      apiKey: 'tri_file',
      keyFrom: keyFile,
    });
    expect(await resolveConnection({}, environment)).toMatchObject({
      url: 'https://a.example/triaged',
      apiKey: 'tri_variable',
    });
    const elsewhere = { DATA_DIR: folder, TRIAGED_API_KEY: 'tri_variable', TRIAGED_URL: '' };
    expect(await resolveConnection({}, elsewhere)).toMatchObject({
      url: 'http://127.0.0.1:4000',
      urlFrom: 'the default',
    });
  });

  it('gives the demo key to no other server, and asks none that a folder names elsewhere', async () => {
    await announce('http://127.0.0.1:4123');
    const elsewhere = resolveConnection({ url: 'http://127.0.0.1:4124' }, { DATA_DIR });
    await expect(elsewhere).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining('TRIAGED_API_KEY') });
    for (const url of ['http://evil.example:4000', 'http://127.0.0.1:4000@evil.example:1', 'file:///x']) {
      await announce(url);
      const environment = { DATA_DIR, TRIAGED_API_KEY: 'tri_variable' };
      expect(await resolveConnection({}, environment)).toMatchObject({ url: 'http://127.0.0.1:4000' });
    }
  });

  it('gives it to nobody once that server has gone, nor when its address is elsewhere', async () => {
    await rm(path.join(DATA_DIR, 'server.json'), { force: true });
    for (const options of [{}, { url: 'http://127.0.0.1:4000' }]) {
      const alone = resolveConnection(options, { DATA_DIR });
      await expect(alone).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining('no API key for') });
    }
    await expect(resolveConnection({}, { DATA_DIR })).rejects.toThrow('start one with triaged serve');
    await announce('http://evil.example:4000');
    for (const options of [{}, { url: 'http://evil.example:4000' }, { url: 'http://127.0.0.1:4000' }])
      await expect(resolveConnection(options, { DATA_DIR })).rejects.toMatchObject({ exitCode: 4 });
  });

  it.each([
    [{ url: 'localhost:4000' }, 'no address'],
    [{ url: 'ftp://a.example' }, 'no address'],
    [{ url: 'http://user:word@a.example' }, 'no address'],
    [{ apiKeyFile: '/none/such' }, 'ENOENT'],
    [{ apiKeyFile: path.join(import.meta.dirname, 'connection.test.ts') }, 'no API key'],
  ])('refuses %j', async (options, why) => {
    const refused = resolveConnection(options, { DATA_DIR: folder, TRIAGED_API_KEY: 'tri_x' });
    await expect(refused).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(why) });
  });
});
