import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { RunRig } from '../../../tests/testkit/run-rig.js';
import { until } from '../../../tests/testkit/until.js';
import { newRunId, shortName } from '../../kernel/ids.js';
import { runOfDirectory } from './channel-directory.js';

let rig: RunRig;
beforeEach(async () => {
  rig = await RunRig.create({
    modelCall: async (call, response) => void response.end(`${call.method} ${call.url} ${await text(call)}`),
  });
  await rig.open();
});
afterEach(() => rig.close());

interface Call {
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly token?: string | undefined;
}

async function call(method: string, target: string, { body = '', headers = {}, token = rig.token }: Call = {}) {
  const authorization = { authorization: `Bearer ${token}` };
  const sent = request({ socketPath: rig.socketPath, method, path: target, headers: { ...authorization, ...headers } });
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject).end(body);
  });
  return {
    status: response.statusCode,
    offset: response.headers['triaged-offset'],
    body: (await buffer(response)).toString(),
  };
}

const report = {
  exitCode: 0,
  signal: null,
  timedOut: false,
  outputBytes: 3,
  outputSha256: 'a'.repeat(64),
  artifactsOverLimit: false,
};

describe('a container that sends requests without waiting for their answers', () => {
  it('has no more of them under way than it may have connections twice, and keeps nobody else waiting', async () => {
    const asked = 5000;
    let [begun, gone] = [0, 0];
    await rig.close();
    rig = await RunRig.create({
      modelCall: async (_call, response) => {
        begun += 1;
        response.once('close', () => (gone += 1));
        await once(response, 'close');
      },
    });
    await rig.open();
    const client = connect(rig.socketPath).on('error', () => undefined);
    const closed = new Promise<unknown>((resolve) => client.once('close', resolve));
    client.write('GET /model/openai/v1/models HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(asked));
    await closed;
    expect(begun).toBe(256);
    await until(() => gone === begun);
    expect(await call('PUT', '/v1/output?offset=0', { body: 'abc' })).toMatchObject({ status: 204 });
  });
});

describe('the run channel', () => {
  it('gives the bootstrap until the run has started, then 410', async () => {
    const first = await call('GET', '/v1/bootstrap', { token: '' });
    expect(JSON.parse(first.body)).toEqual(rig.bootstrap());
    expect(await call('POST', '/v1/started')).toMatchObject({ status: 204 });
    const second = await call('GET', '/v1/bootstrap', { token: '' });
    expect(second.status).toBe(410);
    expect(second.body).not.toContain(rig.token);
  });

  it.each([
    ['POST', '/v1/started'],
    ['PUT', '/v1/output?offset=0'],
    ['PUT', '/v1/artifacts'],
    ['POST', '/v1/exit'],
  ])('refuses %s %s without the right token', async (method, target) => {
    for (const token of ['', 'wrong', `${rig.token}x`]) {
      expect((await call(method, target, { token, body: JSON.stringify(report) })).status).toBe(401);
    }
    expect([rig.hasStarted, rig.log!.size, rig.artifacts.length, rig.reports.length]).toEqual([false, 0, 0, 0]);
  });

  it('appends output, acknowledges what the file holds and names the true offset of a gap', async () => {
    expect(await call('PUT', '/v1/output?offset=0', { body: 'abc' })).toMatchObject({ status: 204, offset: '3' });
    expect((await rig.store.read(rig.runId, 0, 10)).toString()).toBe('abc');
    expect(await call('PUT', '/v1/output?offset=1', { body: 'bcd' })).toMatchObject({ status: 204, offset: '4' });
    expect(await call('PUT', '/v1/output?offset=9', { body: 'x' })).toMatchObject({ status: 409, offset: '4' });
  });

  it.each([
    '',
    '?offset=',
    '?offset=-1',
    '?offset=NaN',
    '?offset=1e3',
    '?offset=0x1',
    '?offset=99999999999999999',
    '?offset=1.5',
  ])('refuses output%s', async (query) => {
    expect((await call('PUT', `/v1/output${query}`, { body: 'x' })).status).toBe(400);
    expect(rig.log!.size).toBe(0);
  });

  it('refuses bodies over their limit, announced or not', async () => {
    const announced = { headers: { 'content-length': '99999999999' } };
    expect((await call('PUT', '/v1/output?offset=0', announced).catch(() => ({ status: 413 }))).status).toBe(413);
    const large = { body: Buffer.alloc(1024 * 1024 + 1), headers: { 'transfer-encoding': 'chunked' } };
    expect((await call('PUT', '/v1/output?offset=0', large)).status).toBe(413);
    expect((await call('POST', '/v1/exit', { body: 'x'.repeat(20_000) })).status).toBe(413);
    expect(rig.log!.size).toBe(0);
  });

  it.each([
    ['no JSON', '{'],
    ['a missing field', '{}'],
    ['a negative count', JSON.stringify({ ...report, outputBytes: -1 })],
    ['a wrong digest', JSON.stringify({ ...report, outputSha256: 'A' })],
    ['an unknown field', JSON.stringify({ ...report, more: 1 })],
    ['NaN', JSON.stringify(report).replace('"outputBytes":3', '"outputBytes":NaN')],
  ])('refuses an exit report with %s', async (_name, body) => {
    expect((await call('POST', '/v1/exit', { body })).status).toBe(400);
    expect(rig.reports).toEqual([]);
  });

  it('takes an exit report, passes model calls on and knows nothing else', async () => {
    expect((await call('POST', '/v1/exit', { body: JSON.stringify(report) })).status).toBe(204);
    expect(rig.reports).toEqual([report]);
    const model = await call('POST', '/model/anthropic/v1/messages?beta=true', { body: 'hi', token: '' });
    expect(model.body).toBe('POST /anthropic/v1/messages?beta=true hi');
    for (const target of ['/', '/model', '/v1/nothing', '/model/../v1/exit/..', '/V1/exit']) {
      expect((await call('PUT', target)).status).not.toBe(204);
    }
  });

  it('survives what is not HTTP', async () => {
    const socket = connect(rig.socketPath);
    socket.end('\u0000\u0001 nonsense\r\n\r\n');
    expect((await buffer(socket)).toString()).toContain('400');
    expect((await call('GET', '/v1/bootstrap')).status).toBe(200);
  });

  it('takes the place of a dead socket and of a server that still lives, which does not take its socket along', async () => {
    const [stale, staleLog] = [rig.channel!, rig.log!];
    await rig.open();
    await stale.close();
    await staleLog.close();
    expect(await call('PUT', '/v1/output?offset=0', { body: 'abc' })).toMatchObject({ status: 204 });
    await rig.cut();
    await writeFile(path.join(rig.channel!.directory, 'left-over'), '');
    await rig.open();
    expect(await call('PUT', '/v1/output?offset=3', { body: 'd' })).toMatchObject({ status: 204, offset: '4' });
  });

  it('sends a stale owner’s client to its successor', async () => {
    const newer = await rig.store.openWriter(rig.runId, 99);
    expect((await call('PUT', '/v1/output?offset=0', { body: 'abc' })).status).toBe(503);
    await newer.close();
  });

  it('lets any user connect, but only below a folder that nobody else may pass', async () => {
    const { directory } = rig.channel!;
    const modes = await Promise.all([path.dirname(directory), directory, rig.socketPath].map((each) => stat(each)));
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o755, 0o666]);
    await rig.channel!.close({ remove: true });
    await expect(stat(directory)).rejects.toThrow(/ENOENT/);
  });

  it('removes the directories of runs that have ended, and nothing else', async () => {
    const parent = path.dirname(rig.channel!.directory);
    const [ended, foreign] = [newRunId(), newRunId()];
    for (const name of [shortName(ended), shortName(foreign), 'something else']) {
      await mkdir(path.join(parent, name));
    }
    expect(runOfDirectory(shortName(ended))).toBe(ended);
    await rig.server.removeEnded(async (among) => {
      expect([...among].sort()).toEqual([rig.runId, ended, foreign].sort());
      return [ended];
    });
    const left = [shortName(rig.runId), shortName(foreign), 'something else'];
    expect((await readdir(parent)).sort()).toEqual(left.sort());
  });
});
