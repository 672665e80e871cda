import { AI_AGENTS } from '../../kernel/ai-agents.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { RunLayout } from '../../ports/container-runtime.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import { adapterOf, bindingOf } from '../ai-agents/index.js';

/** Where a variable comes from: the server itself, what was configured, the sealed key, or the run's input. */
export const VARIABLE_SOURCES = ['SYSTEM', 'CONFIGURATION', 'CREDENTIAL', 'RUN'] as const;
export type VariableSource = (typeof VARIABLE_SOURCES)[number];

export interface RunVariable {
  readonly name: string;
  readonly source: VariableSource;
  /** The value is a secret. */
  readonly secret: boolean;
  /** Undefined for what triaged-init sets, because it alone knows where it listens. */
  readonly value: string | undefined;
}

/** What a run's environment is made of. */
export interface RunEnvironmentFacts {
  readonly aiAgent: AiAgent;
  readonly provider: ModelProvider | null;
  readonly key: string;
  readonly layout: RunLayout;
  readonly hasEgress: boolean;
  readonly run: {
    readonly id: string;
    readonly model: string;
    readonly allowedTools: readonly string[] | null;
    readonly debug: boolean;
    readonly systemPromptFile: string | null;
  };
}

/** Also those of plain HTTP, so that a program that tries it is told so. */
export const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const;
const DIRECT = { NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' };

export const incidentFileOf = ({ workspace }: RunLayout): string => `${workspace}/incident.json`;

/** Every variable that an agent's process gets. What is told of an environment comes from here too, so that it cannot differ. */
export function runEnvironment(facts: RunEnvironmentFacts): readonly RunVariable[] {
  const { layout, run, aiAgent } = facts;
  const adapter = adapterOf(aiAgent);
  const { provider, keyVariables, modelBaseUrls } = bindingOf(adapter, facts.provider);
  const system = {
    PATH: layout.path,
    HOME: layout.home,
    LANG: 'C.UTF-8',
    AGENT_CLI: AI_AGENTS[aiAgent].cli,
    AGENT_HOME: layout.home,
    WORKSPACE: layout.workspace,
    OUTPUT: layout.output,
    KUBECONFIG: layout.kubeconfig,
    ...(facts.hasEgress ? DIRECT : {}),
  };
  const ofRun = {
    LLM_MODEL: run.model,
    ALLOWED_TOOLS: run.allowedTools?.join(',') ?? '',
    DEBUG: String(run.debug),
    INCIDENT: incidentFileOf(layout),
    RUN_ID: run.id,
    ...(run.systemPromptFile === null ? {} : { SYSTEM_PROMPT_FILE: run.systemPromptFile }),
  };
  const configured = adapter.environment({ configurationFolder: layout.configurationFolder }, provider);
  return [
    ...variables('SYSTEM', system),
    ...variables('RUN', ofRun),
    ...variables('CONFIGURATION', configured),
    ...keyVariables.map((name) => ({ name, source: 'CREDENTIAL', secret: true, value: facts.key }) as const),
    ...Object.keys(modelBaseUrls).map((name) => laterSet(name, 'CONFIGURATION')),
    ...(facts.hasEgress ? PROXY_VARIABLES : []).map((name) => laterSet(name, 'SYSTEM')),
  ];
}

const variables = (source: VariableSource, values: Readonly<Record<string, string>>): RunVariable[] =>
  Object.entries(values).map(([name, value]) => ({ name, source, secret: false, value }));

const laterSet = (name: string, source: VariableSource): RunVariable => ({
  name,
  source,
  secret: false,
  value: undefined,
});
