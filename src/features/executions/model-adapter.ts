import type { Agent } from '../agents/index.js';

/** What a model is asked: who answers, with what, to which task. */
export interface ModelRequest {
  readonly model: string;
  readonly agent: Pick<Agent, 'name' | 'role' | 'description'> & {
    readonly tools: readonly { readonly name: string; readonly description: string }[];
  };
  readonly task: string;
  /** Role, tools and task, as the model reads them. */
  readonly systemPrompt: string;
}

/** Lets a model answer. Resolves to the text of the answer, never an empty one. */
export interface ModelAdapter {
  complete(request: ModelRequest): Promise<string>;
}
