import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DemoFailure } from './demo-failure.js';
import { findServer } from './running-server.js';

let server: Server;
let port: number;
let dataDir: string;
let asked: number;

beforeAll(async () => {
  server = createServer((_request, response) => {
    asked += 1;
    response.end('ok');
  });
  // 127.0.0.2, which is this machine too, stands for another one.
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  dataDir = await mkdtemp(path.join(tmpdir(), 'triaged-demo-'));
  await writeFile(path.join(dataDir, 'demo.api-key'), 'tri_demo\n');
});
afterAll(async () => {
  server.close();
  await rm(dataDir, { recursive: true });
});
beforeEach(() => {
  asked = 0;
});

const announce = (url: string) => writeFile(path.join(dataDir, 'server.json'), JSON.stringify({ url, pid: 1 }));
const find = (url?: string, apiKey?: string) => findServer({ url, apiKey, dataDir });

describe('findServer', () => {
  it('finds the server of the data folder, and has the demo key for it alone', async () => {
    await announce(`http://0.0.0.0:${port}`);
    const found = { url: `http://127.0.0.1:${port}`, apiKey: 'tri_demo', own: undefined };
    expect(await find()).toEqual(found);
    expect(await find(`http://127.0.0.1:${port}`)).toEqual(found);
    await expect(find(`http://127.0.0.2:${port}`)).rejects.toThrow(DemoFailure);
    expect(await find(`http://127.0.0.2:${port}`, 'tri_given')).toMatchObject({ apiKey: 'tri_given' });
  });

  it('has no key for TRIAGED_URL where no server has announced itself', async () => {
    await rm(path.join(dataDir, 'server.json'), { force: true });
    await expect(find(`http://127.0.0.1:${port}`)).rejects.toThrow('there is no key for it');
  });

  it('asks nobody whom a folder names elsewhere', async () => {
    for (const host of ['127.0.0.2', `127.0.0.1:1@127.0.0.2`, '127.0.0.1.example']) {
      await announce(`http://${host}:${port}`);
      expect(await find()).toBeUndefined();
    }
    expect(asked).toBe(0);
  });
});
