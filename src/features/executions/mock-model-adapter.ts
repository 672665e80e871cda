import { createHash } from 'node:crypto';
import type { ModelAdapter, ModelRequest } from './model-adapter.js';

const USES = ['begin with', 'rely on', 'check the result against', 'gather details with'] as const;
const ENDINGS = [
  'The findings agree, and the task can be taken as done.',
  'What was found answers the task; nothing contradicts it.',
  'The answer follows from these steps; a second look changed nothing.',
] as const;

/** Longer tasks are quoted up to here, in code points. */
const QUOTED = 200;

/**
 * Answers without a model, and says so. The same agent (name, role, description, tools), task and model always give the
 * same answer, whenever and wherever; any difference in them gives another one. Ids and the order of the tools count for nothing.
 */
export class MockModelAdapter implements ModelAdapter {
  async complete(request: ModelRequest): Promise<string> {
    const { agent, model, task } = request;
    const digest = digestOf(request);
    const tools = byName(agent.tools).map(({ name }, index) => `${index + 1}. I ${pick(USES, digest, index)} ${name}.`);
    return [
      `Simulated answer of ${model}: I am ${agent.name}, ${agent.role}.`,
      `My task: ${quote(task)}`,
      ...(tools.length > 0 ? ['My tools:', ...tools] : ['I have no tools, so I answer from what I know.']),
      pick(ENDINGS, digest, digest.length - 1),
      `(${digest.toString('hex', 0, 8)})`,
    ].join('\n');
  }
}

function digestOf({ agent: { name, role, description, tools }, model, task }: ModelRequest): Buffer {
  const content = [model, name, role, description, byName(tools).map((tool) => [tool.name, tool.description]), task];
  return createHash('sha256').update(JSON.stringify(content)).digest();
}

/** By code units, which no locale changes. */
const byName = <T extends { readonly name: string }>(tools: readonly T[]): T[] =>
  [...tools].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));

const pick = <T>(choices: readonly [T, ...T[]], digest: Buffer, index: number): T =>
  choices[digest[index % digest.length]! % choices.length] ?? choices[0];

function quote(task: string): string {
  const characters = Array.from(task);
  return characters.length <= QUOTED ? task : `${characters.slice(0, QUOTED).join('')}…`;
}
