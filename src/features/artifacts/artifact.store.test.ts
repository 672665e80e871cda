import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { newRunId } from '../../kernel/ids.js';
import { ArtifactStore } from './artifact.store.js';

type Entry = (Partial<Header> & { name: string }) | [name: string, content: string];

function tarOf(...entries: Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const entry of entries) {
    if (Array.isArray(entry)) tar.entry({ name: entry[0] }, entry[1]);
    else tar.entry(entry, '');
  }
  tar.finalize();
  return buffer(tar);
}

describe('ArtifactStore', () => {
  const runId = newRunId();
  let directory: string;
  let store: ArtifactStore;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'triaged-artifacts-'));
    store = new ArtifactStore({ directory, maxEntries: 5, maxBytes: 100 });
  });
  afterEach(() => rm(directory, { recursive: true }));

  const receive = async (...entries: Entry[]) => store.receive(runId, Readable.from([await tarOf(...entries)]));
  const names = async () => (await store.list(runId)).map(({ name }) => name);

  it('keeps regular files of workspace and output, owner-only, and tells their sizes', async () => {
    const result = await receive(['output/report.md', 'fine'], ['./workspace/logs/a.log', 'ab']);
    expect(result).toEqual({ files: 2, skipped: 0 });
    expect(await store.list(runId)).toEqual([
      { name: 'output/report.md', bytes: 4 },
      { name: 'workspace/logs/a.log', bytes: 2 },
    ]);
    const file = await store.path(runId, 'output/report.md');
    expect(await readFile(file!, 'utf8')).toBe('fine');
    expect((await stat(file!)).mode & 0o777).toBe(0o600);
  });

  it('leaves out links, devices and names that lie elsewhere', async () => {
    const result = await receive(
      { name: 'output/link', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'output/hard', type: 'link', linkname: '../../secret' },
      { name: 'output/pipe', type: 'fifo' },
      ['../outside', 'x'],
      ['output/../../outside', 'x'],
      ['/etc/cron.d/x', 'x'],
      ['elsewhere/x', 'x'],
      ['output/a\u001b[2Jb', 'x'],
      ['output/ok', 'x'],
    );
    expect(result).toEqual({ files: 1, skipped: 8 });
    expect(await names()).toEqual(['output/ok']);
    expect(await readdir(directory)).toEqual([runId]);
  });

  it('writes nothing through a link or a file that took a name before', async () => {
    const result = await receive(
      { name: 'output/dir', type: 'symlink', linkname: directory },
      ['output/dir/planted', 'x'],
      ['output/same', 'first'],
      ['output/same', 'second'],
      ['output/same/below', 'x'],
      ['output/dir', 'x'],
    );
    expect(result).toEqual({ files: 2, skipped: 4 });
    expect(await names()).toEqual(['output/dir/planted', 'output/same']);
    expect(await readFile((await store.path(runId, 'output/same'))!, 'utf8')).toBe('first');
    expect(await readdir(directory)).toEqual([runId]);
  });

  it('stops at the count and at the size', async () => {
    expect(await receive(['output/big', 'x'.repeat(101)], ['output/small', 'x'])).toEqual({ files: 1, skipped: 1 });
    const many = Array.from({ length: 6 }, (_, n): Entry => [`output/${n}`, 'x']);
    expect(await receive(...many)).toEqual({ files: 4, skipped: 2 });
    const deep = Array.from({ length: 6 }, (_, n): Entry => [`output/${n}/a/b`, 'x']);
    expect(await receive(...deep)).toEqual({ files: 2, skipped: 4 });
  });

  it('leaves what was there when a later tar is cut short, and nothing half-written', async () => {
    await receive(['output/first', 'x']);
    const cut = (await tarOf(['output/second', 'x'.repeat(90)])).subarray(0, 540);
    await expect(store.receive(runId, Readable.from([cut]))).rejects.toThrow();
    expect(await names()).toEqual(['output/first']);
    expect(await readdir(directory)).toEqual([runId]);
  });

  it('clears away what a killed server received in part, once the log is added', async () => {
    const stalled = new PassThrough();
    const receipt = store.receive(runId, stalled);
    stalled.write((await tarOf(['output/big', 'x'.repeat(90)])).subarray(0, 540));
    const partly = async () => (await readdir(directory, { recursive: true })).some((name) => name.endsWith('big'));
    while (!(await partly())) await new Promise(setImmediate);
    const log = path.join(directory, 'source.log');
    await writeFile(log, '');
    await new ArtifactStore({ directory, maxEntries: 5, maxBytes: 100 }).add(runId, 'triage.log', log);
    expect((await readdir(directory)).sort()).toEqual([runId, 'source.log'].sort());
    stalled.destroy(new Error('cut'));
    await expect(receipt).rejects.toThrow();
    expect(await names()).toEqual(['output/triage.log']);
  });

  it('finds nothing outside the run and nothing that is not a file', async () => {
    await receive(['output/a/b', 'x']);
    for (const name of ['output/a', 'output/none', '../x', `output/../output/a/b`, 'output/a/b/c', '']) {
      expect(await store.path(runId, name)).toBeUndefined();
    }
    expect(await store.list(newRunId())).toEqual([]);
  });

  it('gives the beginning of a file as text, cut at a character', async () => {
    await receive(['output/report.md', 'na\u00efve \ud83e\udd89']);
    expect(await store.text(runId, 'output/report.md', 100)).toBe('na\u00efve \ud83e\udd89');
    expect(await store.text(runId, 'output/report.md', 9)).toBe('na\u00efve ');
    expect(await store.text(runId, 'output/none', 9)).toBeNull();
  });

  it('adds the log beside what the agent left, in place of a file of that name', async () => {
    await receive(['output/triage.log', 'forged']);
    const log = path.join(directory, 'source.log');
    await writeFile(log, 'true');
    await store.add(runId, 'triage.log', log);
    expect(await readFile((await store.path(runId, 'output/triage.log'))!, 'utf8')).toBe('true');
  });
});
