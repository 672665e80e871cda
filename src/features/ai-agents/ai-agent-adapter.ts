import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import type { UsageReport } from './reported-usage.js';

/** What an administrator chose for one AI agent on one instance, as far as its CLI is told; holds no secret. */
export interface AiAgentSettings {
  /** Null leaves the choice to the CLI's default for the provider. */
  readonly model: string | null;
  /** Null is the adapter's first. */
  readonly provider: ModelProvider | null;
  /** Null leaves the choice to the runner's default. */
  readonly allowedTools: readonly string[] | null;
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

/** How a CLI is told of one provider. */
export interface ProviderBinding {
  readonly provider: ModelProvider;
  /** Used when neither the run nor the instance names a model. */
  readonly defaultModel: string;
  /** Variables that hold the key. */
  readonly keyVariables: readonly string[];
  /** Variables whose value is a path below triaged-init's model listener. */
  readonly modelBaseUrls: Readonly<Record<string, string>>;
}

/** Everything that is particular to one CLI. Adapters are pure: no clock, no disk, no network. */
export interface AiAgentAdapter {
  readonly aiAgent: AiAgent;
  /** Whose protocols its model calls may speak, the default first; a run's gateway admits its configured one and no other. */
  readonly providers: readonly [ProviderBinding, ...ProviderBinding[]];
  /** Whether it can be kept to a list of tools; its runner refuses a list otherwise. */
  readonly restrictsTools: boolean;
  /** Checks settings beyond what all CLIs have; throws BAD_USER_INPUT with the place below `path`. */
  parseSettings(path: string, settings: unknown): object;
  /** The configuration folder's files, without any key. Base URLs are not in them: the CLI calls the gateway. */
  render(settings: AiAgentSettings): readonly RenderedFile[];
  /** The CLI's own variables beside the key. */
  environment(paths: AiAgentPaths, provider: ModelProvider): Readonly<Record<string, string>>;
  /**
   * Looks at the end of a log whose agent exited with 0, which is not success yet. Undefined when the CLI said that it
   * finished; otherwise what is wrong, as a sentence.
   */
  judge(tail: string): string | undefined;
  /** Whether a whole line of output is the CLI's word that its work is over, well or badly. */
  isTerminalEvent(line: string): boolean;
  /** Where it says at its end what it used. */
  readonly usageReport: UsageReport;
}

/** How the CLI is told of the configured provider, or of its default one. */
export function bindingOf({ providers }: AiAgentAdapter, provider: ModelProvider | null): ProviderBinding {
  return providers.find((each) => each.provider === provider) ?? providers[0];
}
