import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { JournalFolders } from '../../src/features/usage/index.js';

const script = path.resolve(import.meta.dirname, '../testkit/present-process.mjs');

describe('journal folders that servers share', () => {
  let root: string;
  let options: { directory: string; socketDirectory: string };
  const children: ChildProcess[] = [];
  const opened: JournalFolders[] = [];
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'journals-'));
    options = { directory: path.join(root, 'usage-journal'), socketDirectory: path.join(root, 'ch') };
    for (const folder of Object.values(options)) mkdirSync(folder);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const folders of opened.splice(0)) await folders.close();
    rmSync(root, { recursive: true });
  });

  const open = async (): Promise<JournalFolders> => {
    const folders = await JournalFolders.open(options);
    opened.push(folders);
    return folders;
  };
  /** Another process that has a folder, with a file in it. */
  const process = async () => {
    const child = spawn(globalThis.process.execPath, [script, ...Object.values(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [id] = (await once(child.stdout, 'data')) as [Buffer];
    const name = id.toString().trim();
    writeFileSync(path.join(options.directory, name, `000001-${name}.jsonl`), '');
    return { child, id: name };
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const failed = (_: string, error: unknown): void => {
    throw error;
  };
  const idsOf = async (folders: JournalFolders): Promise<string[]> =>
    (await folders.takeOver(failed)).map(({ id }) => id);

  it('change hands when their process was killed, and not while it lives or is stopped', async () => {
    const [{ child, id }, other] = await Promise.all([process(), process()]);
    const survivor = await open();
    expect(await idsOf(survivor)).toEqual([]);
    other.child.kill('SIGSTOP');
    expect(await idsOf(survivor)).toEqual([]);
    await kill(child);
    expect(await idsOf(survivor)).toEqual([id]);
    other.child.kill('SIGCONT');
    expect(await idsOf(survivor)).toEqual([id]);
  });

  it('go to exactly one of many that look at once', async () => {
    const [survivors, { child, id }] = await Promise.all([Promise.all(Array.from({ length: 5 }, open)), process()]);
    await kill(child);
    const taken = await Promise.all([...survivors, ...survivors].map(idsOf));
    const holders = survivors.filter((_, n) => taken[n]!.length + taken[n + 5]!.length > 0);
    expect(holders).toHaveLength(1);
    expect(new Set(taken.flat())).toEqual(new Set([id]));
  });

  it('are taken over anew when who had taken them over is killed too', async () => {
    const first = await process();
    await kill(first.child);
    const second = await process();
    const survivor = await open();
    const { directory } = options;
    renameSync(path.join(directory, first.id), path.join(directory, `${first.id}.${second.id}`));
    expect(await idsOf(survivor)).toEqual([]);
    await kill(second.child);
    expect((await idsOf(survivor)).sort()).toEqual([first.id, second.id].sort());
  });

  it('are taken over although one before them cannot be', async () => {
    const [first, second] = await Promise.all([process(), process()]);
    const survivor = await open();
    await Promise.all([kill(first.child), kill(second.child)]);
    const [before, after] = [first.id, second.id].sort() as [string, string];
    // A folder that is not empty stands where the first one would go.
    const inTheWay = path.join(options.directory, `${before}.${survivor.id}`);
    mkdirSync(inTheWay);
    writeFileSync(path.join(inTheWay, 'note'), '');
    const failures: string[] = [];
    const taken = await survivor.takeOver((id) => void failures.push(id));
    expect(failures).toEqual([before]);
    expect(taken.map(({ id }) => id)).toContain(after);
    rmSync(inTheWay, { recursive: true });
    expect((await idsOf(survivor)).sort()).toEqual([before, after]);
  });

  it('leave nothing when they were brought in, but what was put aside', async () => {
    const { child, id } = await process();
    await kill(child);
    const survivor = await open();
    const [left] = await survivor.takeOver(failed);
    const [segment] = left!.segments();
    expect(segment).toMatchObject({ journalId: id, sealed: true });
    segment!.isDamaged = true;
    segment!.remove();
    await left!.remove();
    expect(await idsOf(survivor)).toEqual([]);
    await survivor.close();
    opened.pop();
    expect(readdirSync(options.directory)).toEqual([`000001-${id}.damaged`]);
    expect(readdirSync(options.socketDirectory)).toEqual([]);
  });
});
