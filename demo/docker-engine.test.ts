import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findDockerEngine } from './docker-engine.js';

describe('findDockerEngine', () => {
  let folder: string;
  let server: Server | undefined;
  let answer: 'ok' | 'error' | 'silence';

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'triaged-demo-'));
    server = createServer((request, response) => {
      if (answer === 'silence') return;
      response.writeHead(answer === 'ok' && request.url === '/_ping' ? 200 : 500).end();
    });
    server.listen(path.join(folder, 's'));
    await once(server, 'listening');
  });
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    await rm(folder, { recursive: true });
  });

  it('finds an engine that answers', async () => {
    answer = 'ok';
    const address = `unix://${folder}/s`;
    expect(await findDockerEngine(address)).toEqual({ answers: true, address });
  });

  it('does not wait for an engine that hangs', async () => {
    answer = 'silence';
    const found = await findDockerEngine(`unix://${folder}/s`, 100);
    expect(found).toEqual({ answers: false, reason: `tried unix://${folder}/s: no answer within 0.1 s` });
  });

  it.each([
    ['error', '/s', 'it answered 500'],
    ['ok', '/none', 'there is no such socket'],
  ] as const)('says what it tried and why it failed (%s %s)', async (given, name, why) => {
    answer = given;
    const found = await findDockerEngine(`unix://${folder}${name}`);
    expect(found).toEqual({ answers: false, reason: `tried unix://${folder}${name}: ${why}` });
  });

  it('refuses an address that it cannot read', async () => {
    expect(await findDockerEngine('ssh://host')).toMatchObject({ answers: false });
  });
});
