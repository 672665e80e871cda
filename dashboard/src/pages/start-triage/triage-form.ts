import type { AiAgent, StartTriageInput } from '../../../../sdk/src/generated/graphql.js';
import { incidentFault } from './incident-check.js';

/** As the fields hold it: what is left empty is left out. */
export interface TriageForm {
  readonly instanceId: string;
  readonly aiAgent: AiAgent | '';
  readonly model: string;
  readonly clusterId: string;
  readonly prompt: string;
  readonly incident: string;
  readonly systemPrompt: string;
  /** Of Claude Code: one a line. */
  readonly allowedTools: string;
  readonly timeoutSeconds: string;
  readonly memory: string;
  readonly debug: boolean;
}

export type TriageFormErrors = Partial<Record<keyof TriageForm, string>>;

export const EMPTY_TRIAGE_FORM: TriageForm = {
  instanceId: '',
  aiAgent: '',
  model: '',
  clusterId: '',
  prompt: '',
  incident: '',
  systemPrompt: '',
  allowedTools: '',
  timeoutSeconds: '',
  memory: '',
  debug: false,
};

/** What an earlier run was started with. */
export interface EarlierRun {
  readonly instanceId: string;
  readonly clusterId?: string | null | undefined;
  readonly aiAgent: AiAgent;
  readonly model: string;
  readonly prompt: string;
  readonly systemPrompt?: string | null | undefined;
  readonly incident: string;
  readonly allowedTools?: readonly string[] | null | undefined;
  readonly timeoutSeconds: number;
  readonly memoryBytes: number;
  readonly debug: boolean;
}

export const formOfRun = (run: EarlierRun): TriageForm => ({
  instanceId: run.instanceId,
  aiAgent: run.aiAgent,
  model: run.model,
  clusterId: run.clusterId ?? '',
  prompt: run.prompt,
  incident: run.incident,
  systemPrompt: run.systemPrompt ?? '',
  allowedTools: run.allowedTools?.join('\n') ?? '',
  timeoutSeconds: String(run.timeoutSeconds),
  memory: byteSize(run.memoryBytes),
  debug: run.debug,
});

/** In the largest unit of the server's sizes that says it exactly. */
function byteSize(bytes: number): string {
  const [unit, factor] = (
    [
      ['g', 1024 ** 3],
      ['m', 1024 ** 2],
      ['k', 1024],
    ] as const
  ).find(([, size]) => bytes % size === 0) ?? ['', 1];
  return `${bytes / factor}${unit}`;
}

const MAX_PROMPT = 10_000;

function promptFault(text: string, what: string): string | undefined {
  if (text.trim() === '') return `${what} is empty: say what to look into.`;
  const length = Array.from(text).length;
  return length > MAX_PROMPT ? `${what} may have 10,000 characters at most; this one has ${length}.` : undefined;
}

/** Each field's first fault, by the server's rules as far as they need no server. */
export function triageFormErrors(form: TriageForm): TriageFormErrors {
  const seconds = Number(form.timeoutSeconds);
  const faults: Record<string, string | undefined> = {
    instanceId: form.instanceId === '' ? 'Choose an instance.' : undefined,
    aiAgent: form.aiAgent === '' ? 'Choose an AI agent.' : undefined,
    prompt: promptFault(form.prompt, 'The prompt'),
    systemPrompt: form.systemPrompt === '' ? undefined : promptFault(form.systemPrompt, 'The system prompt'),
    incident: incidentFault(form.incident)?.message,
    timeoutSeconds:
      form.timeoutSeconds.trim() === '' || (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400)
        ? undefined
        : 'A whole number of seconds, from 1 to 86400.',
  };
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== undefined));
}

/** Clusters as far as they were read: `items` undefined before the first page, `nextCursor` set where more may come. */
export interface KnownClusters {
  readonly items: readonly { readonly id: string }[] | undefined;
  readonly nextCursor: string | null | undefined;
}

/** Why a triage cannot be started with the chosen cluster; '' stands for none. */
export function clusterFault(
  clusterId: string,
  { items, nextCursor }: KnownClusters,
): 'not read' | 'deleted' | undefined {
  if (clusterId === '') return undefined;
  if (items === undefined) return 'not read';
  // One further down the list is the server's to judge.
  return nextCursor == null && items.every(({ id }) => id !== clusterId) ? 'deleted' : undefined;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Of a form without errors. The key makes the server start one run, however often it is asked. */
export function triageInputOf(form: TriageForm, idempotencyKey: string): StartTriageInput {
  const given = <T>(text: string, value: (text: string) => T): T | undefined =>
    text.trim() === '' ? undefined : value(text.trim());
  const tools = form.aiAgent === 'CLAUDE_CODE' ? linesOf(form.allowedTools) : [];
  return {
    instanceId: form.instanceId,
    ...(form.aiAgent && { aiAgent: form.aiAgent }),
    model: given(form.model, String),
    clusterId: given(form.clusterId, String),
    prompt: form.prompt,
    incident: form.incident,
    systemPrompt: form.systemPrompt === '' ? undefined : form.systemPrompt,
    allowedTools: tools.length > 0 ? tools : undefined,
    timeoutSeconds: given(form.timeoutSeconds, Number),
    memory: given(form.memory, String),
    debug: form.debug,
    idempotencyKey,
  };
}
