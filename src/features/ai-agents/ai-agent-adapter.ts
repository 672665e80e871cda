import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ModelProvider } from '../../ports/model-upstream.js';

/** What an administrator chose for one AI agent on one instance; holds no secret. */
export interface AiAgentSettings {
  readonly model: string | null;
  /** As `parseSettings` of the same adapter returned it. */
  readonly settings: object;
}

/** Where things lie on the agent's side. */
export interface AiAgentPaths {
  readonly configurationFolder: string;
}

export interface RenderedFile {
  /** Relative to the configuration folder. */
  readonly name: string;
  readonly content: string;
}

/** Everything that is particular to one CLI. Adapters are pure: no clock, no disk, no network. */
export interface AiAgentAdapter {
  readonly aiAgent: AiAgent;
  /** Whose protocol its model calls speak; a run's gateway admits no other. */
  readonly provider: ModelProvider;
  /** Used when neither the run nor the instance names a model. */
  readonly defaultModel: string;
  /** Whether it can be kept to a list of tools; its runner refuses a list otherwise. */
  readonly restrictsTools: boolean;
  /** Variables whose value is a path below triaged-init's model listener. */
  readonly modelBaseUrls: Readonly<Record<string, string>>;
  /** Checks settings beyond model and key; throws BAD_USER_INPUT naming the field under `path`. */
  parseSettings(path: string, settings: unknown): object;
  /** The configuration folder's files, without any key. */
  render(settings: AiAgentSettings): readonly RenderedFile[];
  /** The CLI's own variables, the key included. */
  environment(key: string, paths: AiAgentPaths): Readonly<Record<string, string>>;
  /**
   * Looks at the end of a log whose agent exited with 0, which is not success yet. Undefined when the CLI said that it
   * finished; otherwise what is wrong, as a sentence.
   */
  judge(tail: string): string | undefined;
  /** Whether a whole line of output is the CLI's word that its work is over, well or badly. */
  isTerminalEvent(line: string): boolean;
}
