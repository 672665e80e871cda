import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processStartTime } from '../../kernel/processes.js';
import { StartupError } from '../../kernel/startup-error.js';
import { openDataFolder } from './index.js';

describe('the data folder', () => {
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'triaged-data-'));
    folder = path.join(parent, 'a/data');
  });
  afterEach(() => rm(parent, { recursive: true }));

  const lockedBy = async (pid: number, startTime: string | undefined): Promise<void> => {
    await (await openDataFolder(folder)).close();
    await writeFile(path.join(folder, 'server.lock'), JSON.stringify({ pid, startTime }));
  };

  it('is private, and keeps its secret and its worker id over restarts', async () => {
    const first = await openDataFolder(folder);
    const secret = await first.masterSecret();
    await first.close();
    const second = await openDataFolder(folder);
    expect(secret).toHaveLength(32);
    expect(await second.masterSecret()).toEqual(secret);
    expect(second.workerId).toBe(first.workerId);
    expect((await stat(folder)).mode & 0o066).toBe(0);
    for (const name of ['master.secret', 'worker.id']) {
      expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
    }
    await second.close();
    expect((await readdir(folder)).sort()).toEqual(['master.secret', 'worker.id']);
  });

  it('is held by one server: a second one is told the pid and the folder', async () => {
    const held = await openDataFolder(folder);
    const second = openDataFolder(folder);
    await expect(second).rejects.toThrow(StartupError);
    await expect(second).rejects.toThrow(`process ${process.pid}, uses the data folder ${folder}`);
    await held.close();
    await (await openDataFolder(folder)).close();
  });

  it('is not taken from another living process', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(other, 'spawn');
    await lockedBy(other.pid!, await processStartTime(other.pid!));
    await expect(openDataFolder(folder)).rejects.toThrow(`process ${other.pid!}`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    await (await openDataFolder(folder)).close();
  });

  it('is taken over when its holder was killed and another process bears that pid', async () => {
    await lockedBy(process.pid, '1');
    await (await openDataFolder(folder)).close();
  });

  it('is taken over when the lock was cut short', async () => {
    await lockedBy(process.pid, '1');
    await writeFile(path.join(folder, 'server.lock'), '{"pid":');
    await (await openDataFolder(folder)).close();
  });

  it('goes to exactly one of many servers that find a stale lock at once', async () => {
    await lockedBy(process.pid, '1');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => openDataFolder(folder)));
    const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(winners).toHaveLength(1);
    await winners[0]!.close();
  });

  it('refuses a damaged master secret instead of making a new one', async () => {
    const data = await openDataFolder(folder);
    await writeFile(path.join(folder, 'master.secret'), 'oops');
    await expect(data.masterSecret()).rejects.toThrow(/Put the former file back/);
    expect(await readFile(path.join(folder, 'master.secret'), 'utf8')).toBe('oops');
    await data.close();
  });

  it('says so when its place is a file', async () => {
    await writeFile(path.join(parent, 'a'), '');
    await expect(openDataFolder(folder)).rejects.toThrow(StartupError);
  });
});
