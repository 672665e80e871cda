import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MockBookLine } from '../../src/adapters/model-upstream/mock/index.js';
import { NO_TOKENS, type ModelCallError, type TokenFigures } from '../../src/features/usage/index.js';
import type { AiAgent } from '../../src/kernel/ai-agents.js';
import { buildStandInImage } from './docker.js';
import type { TestServer } from './server.js';
import { startTriage, type RunView } from './triage.js';
import type { UsageFigures } from './usage-figures.js';

/** The agents' image with Claude Code, Codex and Gemini replaced by one that only makes model calls: load-agent/load.mjs. */
export const buildLoadAgentImage = (): Promise<string> => buildStandInImage('load-agent', 'load.mjs');

/** What the load's calls end in. */
export const ENDS = ['completed', 'side', '429', '500', 'cut', 'left'] as const;
export type Ends = Readonly<Record<(typeof ENDS)[number], number>>;

/** What became of the calls of one run, as their client saw it. */
export interface Tally {
  /** How many ended as they were to, by their end and model: `completed load-messages-0`. */
  readonly asMeant: Readonly<Record<string, number>>;
  readonly otherwise: readonly {
    readonly tag: string;
    readonly end: string;
    readonly model: string;
    readonly became: string;
    /** Milliseconds since 1970. */
    readonly at: number;
  }[];
  /** Of all that the agent printed. */
  readonly output: { readonly bytes: number; readonly sha256: string };
}

export interface LoadRun {
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  readonly calls: number;
  readonly atOnce: number;
}

export function startLoad(server: TestServer, { instanceId, aiAgent, calls, atOnce }: LoadRun): Promise<RunView> {
  const incident = JSON.stringify({ id: 'load', loadAgent: { calls, atOnce } });
  return startTriage(server.client, { instanceId, aiAgent, prompt: 'Make calls.', incident, timeoutSeconds: 300 });
}

/** `folder`: that of the server's runs. */
export async function tallyOf(folder: string, runId: string): Promise<Tally> {
  const file = path.join(folder, 'artifacts', runId, 'output/tally.json');
  return JSON.parse(await readFile(file, 'utf8')) as Tally;
}

const sum = <T>(rows: readonly T[], figure: (row: T) => number): number =>
  rows.reduce((total, row) => total + figure(row), 0);

const isSide = ({ path: asked }: MockBookLine): boolean => /(count_tokens|\/models|:countTokens)$/.test(asked);
/** Models whose calls all generate something. */
const generates = ({ model }: { readonly model: string | null }): boolean => /^load-(?!side)/.test(model ?? '');
const errorsOf = (rows: readonly UsageFigures[], error: ModelCallError): number =>
  sum(
    rows.flatMap(({ errors }) => errors),
    (one) => (one.error === error ? one.count : 0),
  );

/** How the provider's books say that the load's calls ended. */
export function endsInBooks(lines: readonly MockBookLine[]): Ends {
  return {
    completed: sum(lines, (line) => (isSide(line) ? 0 : line.answered)),
    side: sum(lines, (line) => (isSide(line) ? line.answered : 0)),
    '429': sum(lines, ({ failed }) => failed['429'] ?? 0),
    '500': sum(lines, ({ failed }) => failed['500'] ?? 0),
    cut: sum(lines, ({ cut }) => cut),
    left: sum(lines, ({ abandoned }) => abandoned),
  };
}

/** The same of what was metered. Side calls have no model of their own: they are what no other end explains. */
export function endsInUsage(rows: readonly UsageFigures[]): Ends {
  const completed = sum(rows.filter(generates), ({ requestCount }) => requestCount);
  const cut = errorsOf(rows, 'CUT');
  const left = sum(rows, ({ partialCount }) => partialCount) - cut;
  const known = completed + left + sum(rows, ({ errorCount }) => errorCount);
  return {
    completed,
    side: sum(rows, ({ requestCount }) => requestCount) - known,
    '429': errorsOf(rows, 'RATE_LIMITED'),
    '500': errorsOf(rows, 'PROVIDER_ERROR'),
    cut,
    left,
  };
}

/** The same as the clients saw it, without what ended otherwise than it was to. */
export function endsAtClients(tallies: readonly Tally[]): Ends {
  const count = (end: string): number =>
    sum(
      tallies.flatMap(({ asMeant }) => Object.entries(asMeant)),
      ([name, calls]) => (name.startsWith(`${end} `) ? calls : 0),
    );
  return Object.fromEntries(ENDS.map((end) => [end, count(end)])) as Ends;
}

export interface ModelFigures extends TokenFigures {
  readonly calls: number;
}

export const TOKEN_FIGURES = Object.keys(NO_TOKENS) as (keyof TokenFigures)[];

/** Completed calls and their tokens by model: `booked` by the provider, `counted` by us. */
export function completedByModel(lines: readonly MockBookLine[], rows: readonly UsageFigures[]) {
  const booked = lines
    .filter((line) => generates(line) && !isSide(line))
    .map(({ answered, ...line }) => ({ ...line, calls: answered }));
  const counted = rows.filter(generates).map(({ requestCount, ...row }) => ({ ...row, calls: requestCount }));
  const models = new Set([...booked, ...counted].map(({ model }) => model!));
  return Array.from(models, (model) => ({
    ...{ model, booked: addUp(booked, model), counted: addUp(counted, model) },
  }));
}

function addUp(rows: readonly (ModelFigures & { readonly model: string | null })[], model: string): ModelFigures {
  const ofModel = rows.filter((row) => row.model === model);
  const tokens = TOKEN_FIGURES.map((figure) => [figure, sum(ofModel, (row) => row[figure])] as const);
  return { calls: sum(ofModel, ({ calls }) => calls), ...(Object.fromEntries(tokens) as unknown as TokenFigures) };
}
