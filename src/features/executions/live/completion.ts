import type { ModelProvider } from '../../../ports/model-upstream.js';

/** What a model is told. */
export interface Question {
  readonly model: string;
  /** Role, tools and task. */
  readonly systemPrompt: string;
  readonly task: string;
}

/** What it said. */
export interface Completion {
  /** Empty when it said nothing. */
  readonly text: string;
  /** Why it stopped, in the provider's words. */
  readonly stopped: string | undefined;
  /** It stopped because it may say no more. */
  readonly isCut: boolean;
}

/** One question and its whole answer in one protocol. */
export interface CompletionProtocol {
  readonly provider: ModelProvider;
  /** As the provider knows it. */
  path(model: string): string;
  /** Beside the credential. */
  readonly headers: Readonly<Record<string, string>>;
  body(question: Question): object;
  /** Undefined when this is no answer of the protocol. */
  read(body: unknown): Completion | undefined;
}
