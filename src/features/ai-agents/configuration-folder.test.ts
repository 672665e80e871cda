import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settingsWith } from '../../../tests/testkit/ai-agents.js';
import { AI_AGENT_NAMES, AI_AGENTS, type AiAgent } from '../../kernel/ai-agents.js';
import { newInstanceId } from '../../kernel/ids.js';
import { ConfigurationFolder } from './configuration-folder.js';

/** What the pinned CLIs read when their home is the configuration folder. */
const OWN_FILES: Readonly<Record<AiAgent, string[]>> = {
  CLAUDE_CODE: ['settings.json'],
  CODEX_CLI: ['config.toml'],
  GEMINI_CLI: ['.gemini/settings.json'],
  OPENCODE: ['opencode.json'],
  GOOSE: ['config/config.yaml'],
};

describe('ConfigurationFolder', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'triaged-configuration-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('writes settings.json at the specified path, for the owner only, and leaves nothing else', async () => {
    const id = newInstanceId();
    const folders = new ConfigurationFolder(root);
    await folders.write(id, 'CLAUDE_CODE', settingsWith('opus'));
    await folders.write(id, 'CLAUDE_CODE', settingsWith('haiku'));
    const folder = path.join(root, id, 'ai-agents', 'claude-code');
    expect(folders.pathOf(id, 'CLAUDE_CODE')).toBe(folder);
    expect(await readdir(folder)).toEqual(['settings.json']);
    expect(JSON.parse(await readFile(path.join(folder, 'settings.json'), 'utf8'))).toMatchObject({ model: 'haiku' });
    expect((await stat(path.join(folder, 'settings.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('takes from others what they were let at, of files and folders that are as they should be', async () => {
    const id = newInstanceId();
    const folders = new ConfigurationFolder(`${root}/`);
    await folders.write(id, 'GOOSE', settingsWith('m'));
    const folder = folders.pathOf(id, 'GOOSE');
    const places = [path.join(root, id), path.join(folder, 'config'), path.join(folder, 'config.yaml')];
    for (const place of places) await chmod(place, 0o777);
    await folders.write(id, 'GOOSE', settingsWith('m'));
    const modes = await Promise.all(places.map(async (place) => (await stat(place)).mode & 0o7777));
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it('puts its file in the place of a link to one that says the same', async () => {
    const id = newInstanceId();
    const folders = new ConfigurationFolder(root);
    await folders.write(id, 'CLAUDE_CODE', settingsWith('m'));
    const file = path.join(folders.pathOf(id, 'CLAUDE_CODE'), 'settings.json');
    await rename(file, path.join(root, 'elsewhere'));
    await symlink(path.join(root, 'elsewhere'), file);
    await folders.write(id, 'CLAUDE_CODE', settingsWith('m'));
    expect((await lstat(file)).isFile()).toBe(true);
  });

  it.each(AI_AGENT_NAMES)("writes the file that the specification names, and the CLI's own, of %s", async (aiAgent) => {
    const id = newInstanceId();
    const folders = new ConfigurationFolder(root);
    await folders.write(id, aiAgent, settingsWith('some-model'));
    const { folder, file } = AI_AGENTS[aiAgent];
    const written = await readdir(path.join(root, id, 'ai-agents', folder), { recursive: true });
    expect(written).toContain(file);
    expect(written).toEqual(expect.arrayContaining(OWN_FILES[aiAgent]));
    for (const name of [file, ...OWN_FILES[aiAgent]]) {
      expect(await readFile(path.join(folders.pathOf(id, aiAgent), name), 'utf8')).toContain('some-model');
    }
  });

  it('fails without leftovers when the folder cannot be made', async () => {
    const id = newInstanceId();
    await writeFile(path.join(root, id), 'in the way');
    const write = new ConfigurationFolder(root).write(id, 'CLAUDE_CODE', settingsWith(null));
    await expect(write).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await readdir(root)).toEqual([id]);
  });
});
