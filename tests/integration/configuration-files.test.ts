import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import { ConfigurationFiles, ConfigurationFolder } from '../../src/features/ai-agents/index.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = actorOf('acme');

/** Counts how many instances' files are written at once. */
class CountedFolder extends ConfigurationFolder {
  underWay = 0;
  most = 0;

  override async write(...given: Parameters<ConfigurationFolder['write']>): Promise<void> {
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    await super.write(...given);
    this.underWay -= 1;
  }
}

describe('the folders of instances at the start of a server', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let root: string;
  const lines: string[] = [];
  beforeAll(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    root = path.join(rig.folder, 'instances');
  });
  afterAll(() => rig.close());

  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
  const filesAt = (folders = new ConfigurationFolder(root)) =>
    new ConfigurationFiles({ dataSource: server.dataSource, folders, logger });
  let count = 0;
  async function newInstance(): Promise<string> {
    const { instance } = await server.instances.create(acme, `files-${count++}`);
    for (const aiAgent of ['CLAUDE_CODE', 'GOOSE'] as const) {
      await server.aiAgents.configure(acme, { instanceId: instance.id, aiAgent, apiKey: API_KEY });
    }
    return instance.id;
  }

  it('lose those of instances that were deleted, however long ago, and nothing that is not theirs', async () => {
    const id = await newInstance();
    await server.instances.delete(acme, id);
    await server.dataSource.query(`UPDATE instances SET deleted_at = now() - interval '1 year' WHERE id = $1`, [id]);
    // As a removal that failed leaves it, beside what other servers and people may have there.
    const others = ['notes', randomUUID()];
    for (const name of [id, ...others]) await mkdir(path.join(root, name, 'ai-agents', 'goose'), { recursive: true });
    await filesAt().materialiseAll();
    const left = await readdir(root);
    expect(left).not.toContain(id);
    expect(left).toEqual(expect.arrayContaining(others));
  });

  it('are written for the other AI agents when those of one cannot be, of which the log says which it is', async () => {
    const id = await newInstance();
    const folders = path.join(root, id, 'ai-agents');
    await rm(folders, { recursive: true });
    await mkdir(folders);
    await writeFile(path.join(folders, 'claude-code'), 'in the way');
    lines.length = 0;
    await filesAt().materialiseAll();
    expect(await readdir(path.join(folders, 'goose'))).toContain('config.yaml');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: 50, instanceId: id, aiAgent: 'CLAUDE_CODE' }),
    ]);
    await rm(folders, { recursive: true });
  });

  it('are made where there is no data root yet, eight at a time', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, newInstance));
    await rm(root, { recursive: true });
    const folders = new CountedFolder(root);
    await filesAt(folders).materialiseAll();
    expect(await readdir(root)).toEqual(expect.arrayContaining(ids));
    expect(folders.most).toBeGreaterThan(1);
    expect(folders.most).toBeLessThanOrEqual(8);
  });
});
