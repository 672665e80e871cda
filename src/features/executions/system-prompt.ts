import type { ModelRequest } from './model-adapter.js';

/** Lines after the first are indented, so that a description cannot look like the next item. */
const indented = (text: string): string => text.trim().replace(/\r\n?|\n/g, '\n  ');

/** What the model is told: the agent's role, its tools by name, the task (FR-014). */
export function systemPrompt({ agent, task }: Pick<ModelRequest, 'agent' | 'task'>): string {
  const tools = agent.tools.map(({ name, description }) =>
    description.trim() === '' ? `- ${name}` : `- ${name}: ${indented(description)}`,
  );
  return [
    [`You are ${agent.name}. Your role: ${agent.role}.`, agent.description.trim()]
      .filter((line) => line !== '')
      .join('\n'),
    tools.length > 0 ? ['Your tools:', ...tools].join('\n') : 'You have no tools: answer from what you know.',
    `Your task:\n${task}`,
  ].join('\n\n');
}
