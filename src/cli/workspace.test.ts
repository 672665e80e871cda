import { beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { readTriageInput } from './workspace.js';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'triaged-cli-'));
});
afterEach(() => rm(workspace, { recursive: true }));

const put = (name: string, content: string) => writeFile(path.join(workspace, name), content);
const ioWith = (stdin: string | Buffer) => ({
  stdin: Readable.from([Buffer.from(stdin as string)]),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  environment: {},
});
const read = (prompt?: string, options = {}, stdin: string | Buffer = '') =>
  readTriageInput(ioWith(stdin), prompt, { workspace, ...options });

describe('readTriageInput', () => {
  it('reads incident and prompt of a workspace, and names what is not sent', async () => {
    await put('incident.json', '{ "id": "INC-1" }');
    await put('prompt.md', 'Why?\n');
    await put('notes.txt', '');
    await put('.hidden', '');
    await mkdir(path.join(workspace, 'output'));
    expect(await read()).toEqual({ prompt: 'Why?\n', incident: '{ "id": "INC-1" }', notSent: ['notes.txt'] });
    expect(await read('What then?')).toMatchObject({ prompt: 'What then?' });
  });

  it('takes the incident from a file or from standard input', async () => {
    await put('other.json', '{"id":2}');
    const file = path.join(workspace, 'other.json');
    expect(await read('?', { workspace: undefined, incident: file })).toEqual({
      prompt: '?',
      incident: '{"id":2}',
      notSent: [],
    });
    expect(await read('?', { incident: '-' }, '{"id":3}')).toMatchObject({ incident: '{"id":3}' });
  });

  it('follows no link of a workspace and opens no pipe', async () => {
    const secret = path.join(workspace, 'secret');
    await put('secret', '{"key":"secret"}');
    await symlink(secret, path.join(workspace, 'incident.json'));
    await expect(read('?')).rejects.toThrow('is a link');
    await rm(path.join(workspace, 'incident.json'));
    execFileSync('mkfifo', [path.join(workspace, 'incident.json')]);
    await expect(read('?')).rejects.toThrow('no regular file');
    await rm(path.join(workspace, 'incident.json'));
    await put('incident.json', '{}');
    await symlink(secret, path.join(workspace, 'prompt.md'));
    await expect(read()).rejects.toThrow('is a link');
  });

  it.each([
    ['{"id":', 'is no JSON'],
    ['[1]', 'no JSON object'],
    ['null', 'no JSON object'],
    [JSON.stringify({ text: 'x'.repeat(256 * 1024) }), '256 KiB'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'no UTF-8'],
  ])('refuses an incident that is wrong before anything is sent', async (content, why) => {
    await writeFile(path.join(workspace, 'incident.json'), content);
    await expect(read('?')).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(why) });
  });

  it('refuses what is too large on standard input', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(256 * 1024) });
    await expect(read('?', { incident: '-' }, large)).rejects.toThrow('256 KiB');
  });

  it('holds standard input to what a file is held to', async () => {
    const [invalid, marked] = [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), Buffer.from('\ufeff{"id":4}')];
    await put('incident.json', '{}');
    const refused = read('?', { incident: '-' }, invalid);
    await expect(refused).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no UTF-8') });
    expect(await read('?', { incident: '-' }, marked)).toMatchObject({ incident: '{"id":4}' });
    await writeFile(path.join(workspace, 'incident.json'), marked);
    expect(await read('?')).toMatchObject({ incident: '{"id":4}' });
  });

  it('says what is missing', async () => {
    await expect(read('?')).rejects.toThrow('There is no file');
    await put('incident.json', '{}');
    await expect(read()).rejects.toThrow('Say what to ask');
    await expect(read('?', { workspace: path.join(workspace, 'none') })).rejects.toThrow('is no folder');
    await expect(read('?', { workspace: undefined })).rejects.toThrow('Give the incident');
  });
});
