import { chmod, lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AI_AGENTS } from '../../kernel/ai-agents.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import { hasErrno } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import type { InstanceId } from '../../kernel/ids.js';
import { adapterOf } from './ai-agent-registry.js';
import type { AiAgentSettings } from './ai-agent-adapter.js';

/** Writes instances' configurations where the specification wants them; the database stays the truth. */
export class ConfigurationFolder {
  readonly #dataRoot: string;

  constructor(dataRoot: string) {
    this.#dataRoot = path.resolve(dataRoot);
  }

  /** `{data_root}/{instance}/ai-agents/{folder}` */
  pathOf(instanceId: InstanceId, aiAgent: AiAgent): string {
    return path.join(this.#dataRoot, instanceId, 'ai-agents', AI_AGENTS[aiAgent].folder);
  }

  /**
   * Makes the folder hold these files, owner-only as every folder above them is below the data root, and nothing else. A file
   * that is as it should be is left alone; another is replaced at once: a reader sees the old one or the new one.
   */
  async write(instanceId: InstanceId, aiAgent: AiAgent, settings: AiAgentSettings): Promise<void> {
    const folder = this.pathOf(instanceId, aiAgent);
    const files = adapterOf(aiAgent).render(settings);
    for (const { name, content } of files) {
      const file = path.join(folder, name);
      await this.#makePrivate(path.dirname(file));
      if (!(await isPrivateFile(file, content))) await writeFileAtomically(file, content);
    }
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      const isOurs = files.some(({ name }) => path.join(folder, name) === file);
      if (!entry.isDirectory() && !isOurs) await rm(file, { force: true });
    }
  }

  /** Whose folders there are, whatever the database says of them. */
  async instances(): Promise<InstanceId[]> {
    const entries = await readdir(this.#dataRoot, { withFileTypes: true }).catch((error: unknown) => {
      if (hasErrno(error, 'ENOENT')) return [];
      throw error;
    });
    return entries.flatMap((entry) => (entry.isDirectory() && isUuid(entry.name) ? [entry.name as InstanceId] : []));
  }

  async remove(instanceId: InstanceId, aiAgent: AiAgent): Promise<void> {
    await rm(this.pathOf(instanceId, aiAgent), { recursive: true, force: true });
  }

  /** Everything of the instance. */
  async removeInstance(instanceId: InstanceId): Promise<void> {
    await rm(path.join(this.#dataRoot, instanceId), { recursive: true, force: true });
  }

  async #makePrivate(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    for (let at = folder; at !== this.#dataRoot; at = path.dirname(at)) {
      if ((await modeOf(at)) !== FOLDER_MODE) await chmod(at, FOLDER_MODE);
    }
  }
}

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

const modeOf = async (file: string): Promise<number> => (await lstat(file)).mode & 0o7777;

/** Whether the file has this content and none but its owner may look at it. */
async function isPrivateFile(file: string, content: string): Promise<boolean> {
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile() || (found.mode & 0o7777) !== FILE_MODE) return false;
  return (await readFile(file, 'utf8')) === content;
}
