import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AI_AGENTS } from '../../kernel/ai-agents.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import type { InstanceId } from '../../kernel/ids.js';
import { adapterOf } from './ai-agent-registry.js';
import type { AiAgentSettings } from './ai-agent-adapter.js';

/** Writes instances' configurations where the specification wants them; the database stays the truth. */
export class ConfigurationFolder {
  /** `dataRoot` is absolute. */
  constructor(private readonly dataRoot: string) {}

  /** `{data_root}/{instance}/ai-agents/{folder}` */
  pathOf(instanceId: InstanceId, aiAgent: AiAgent): string {
    return path.join(this.dataRoot, instanceId, 'ai-agents', AI_AGENTS[aiAgent].folder);
  }

  /**
   * Makes the folder hold these files, owner-only, and nothing else. A file that is as it should be is left alone; another
   * is replaced at once: a reader sees the old one or the new one.
   */
  async write(instanceId: InstanceId, aiAgent: AiAgent, settings: AiAgentSettings): Promise<void> {
    const folder = this.pathOf(instanceId, aiAgent);
    const files = adapterOf(aiAgent).render(settings);
    for (const { name, content } of files) {
      const file = path.join(folder, name);
      if ((await readFile(file, 'utf8').catch(() => undefined)) === content) continue;
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeFileAtomically(file, content);
    }
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      const isOurs = files.some(({ name }) => path.join(folder, name) === file);
      if (!entry.isDirectory() && !isOurs) await rm(file, { force: true });
    }
  }

  async remove(instanceId: InstanceId, aiAgent: AiAgent): Promise<void> {
    await rm(this.pathOf(instanceId, aiAgent), { recursive: true, force: true });
  }

  /** Everything of the instance. */
  async removeInstance(instanceId: InstanceId): Promise<void> {
    await rm(path.join(this.dataRoot, instanceId), { recursive: true, force: true });
  }
}
