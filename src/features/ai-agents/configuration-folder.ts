import { mkdir } from 'node:fs/promises';
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

  /** Each file is replaced at once, owner-only: a reader sees the old one or the new one. */
  async write(instanceId: InstanceId, aiAgent: AiAgent, settings: AiAgentSettings): Promise<void> {
    const folder = this.pathOf(instanceId, aiAgent);
    for (const { name, content } of adapterOf(aiAgent).render(settings)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeFileAtomically(file, content);
    }
  }
}
