import type {
  ConnectionFailureClass,
  ModelProvider,
  ModelUpstreamKind,
} from '../../../../sdk/src/generated/graphql.js';

interface Failure {
  readonly class: ConnectionFailureClass;
  readonly message: string;
  readonly providerMessage?: string | null | undefined;
}

/** What a connection test found, as the API says it. */
export interface TestResult {
  readonly ok: boolean;
  readonly upstream: ModelUpstreamKind;
  readonly failure?: Failure | null | undefined;
  readonly provider: {
    readonly ok: boolean;
    readonly latencyMs: number;
    readonly model?: string | null | undefined;
    readonly failure?: Failure | null | undefined;
  };
}

/** One thing that was tested. */
export interface Finding {
  readonly isGood: boolean;
  readonly text: string;
  /** The provider's own words: show them as such. */
  readonly quote?: string;
}

const PROVIDER_NAMES: Readonly<Record<ModelProvider, string>> = {
  ANTHROPIC: 'Anthropic',
  OPENAI: 'OpenAI',
  GOOGLE: 'Google',
};

export const providerName = (provider: ModelProvider): string => PROVIDER_NAMES[provider];

const failed = ({ message, providerMessage }: Failure): Finding => ({
  isGood: false,
  text: message,
  ...(providerMessage ? { quote: providerMessage } : {}),
});

/** `testsFiles`: of OpenCode and Goose the test is of their files first, and of the provider beside it. */
export function findingsOf(
  test: TestResult,
  { provider, testsFiles }: { readonly provider: ModelProvider; readonly testsFiles: boolean },
): readonly Finding[] {
  const { ok, latencyMs, model, failure } = test.provider;
  const who = test.upstream === 'MOCK' ? 'The built-in mock' : providerName(provider);
  const answer: Finding = failure
    ? failed(failure)
    : { isGood: ok, text: `${who} answered after ${latencyMs} ms${model ? ` as ${model}` : ''}.` };
  const files: Finding = test.failure
    ? failed(test.failure)
    : { isGood: test.ok, text: 'The configuration files are there, and hold what was configured.' };
  return testsFiles ? [files, answer] : [answer];
}
