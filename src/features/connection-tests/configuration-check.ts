import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { hasErrno } from '../../kernel/errors.js';
import { adapterOf } from '../ai-agents/index.js';
import type { AiAgentSettings, ConfigurationFolder } from '../ai-agents/index.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId } from '../../kernel/ids.js';

const REMEDY = 'Configure the AI agent anew with configureAiAgent, which writes its files again.';

/**
 * What is wrong with an AI agent's files in {data_root}, as a sentence; undefined when each exists, is written in its
 * CLI's format and says what the database says.
 */
export async function configurationFault(
  folders: ConfigurationFolder,
  instanceId: InstanceId,
  aiAgent: AiAgent,
  settings: AiAgentSettings,
): Promise<string | undefined> {
  for (const { name, content } of adapterOf(aiAgent).render(settings)) {
    const fault = await faultOf(path.join(folders.pathOf(instanceId, aiAgent), name), content);
    if (fault) return `The configuration file ${name} ${fault}. ${REMEDY}`;
  }
  return undefined;
}

async function faultOf(file: string, content: string): Promise<string | undefined> {
  try {
    const found = await readFile(file, 'utf8');
    if (found === content) return undefined;
    return syntaxFault(file, found) ?? 'is not what was configured';
  } catch (error) {
    return hasErrno(error, 'ENOENT', 'ENOTDIR') ? 'does not exist' : 'cannot be read';
  }
}

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = { '.json': JSON.parse, '.yaml': parseYaml };

/** Of a format without a parser here, TOML, it is said only that the file is another. */
function syntaxFault(file: string, text: string): string | undefined {
  try {
    PARSERS[path.extname(file)]?.(text);
    return undefined;
  } catch {
    return `is not valid ${path.extname(file).slice(1).toUpperCase()}`;
  }
}
