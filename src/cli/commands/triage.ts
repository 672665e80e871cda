import { setTimeout as delay } from 'node:timers/promises';
import type { TriageRun } from '../../../sdk/src/index.js';
import type { StartTriageInput } from '../../../sdk/src/generated/graphql.js';
import { AI_AGENTS_BY_NAME, type AiAgentName } from '../ai-agent-names.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { followRun } from '../follow-run.js';
import { Interruptions } from '../interruption.js';
import { CommandFailure } from '../failure.js';
import { age, count, dollars } from '../output/figures.js';
import { safeJson } from '../output/json.js';
import type { Session } from '../session.js';
import { startOnce } from '../start-once.js';
import { readTextFile } from '../text-input.js';
import { MAX_PROMPT_BYTES, readTriageInput, type InputOptions } from '../workspace.js';
import { clusterId, instanceId } from './resolve.js';

export interface TriageOptions extends InputOptions {
  readonly instance?: string;
  readonly agent: AiAgentName;
  readonly model?: string;
  readonly cluster?: string;
  readonly allowedTools?: readonly string[];
  readonly systemPrompt?: string;
  readonly timeout?: number;
  readonly memory?: string;
  readonly debug?: boolean;
  readonly idempotencyKey?: string;
  readonly detach?: boolean;
  readonly raw?: boolean;
}

const NAMED_FILES = 8;
/** Model calls are counted off their path: the sums of the last ones appear within two seconds. */
const FIGURES_MS = 2000;
const FIGURES_TIMEOUT_MS = 10_000;

export async function triage(session: Session, options: TriageOptions, prompt?: string): Promise<ExitCode> {
  const { out, err, json } = session;
  const input = await inputOf(session, options, prompt);
  let end: TriageRun | undefined;
  {
    using interruptions = new Interruptions();
    const run = await start(session, input, interruptions);
    if (options.detach) {
      await session.answer(run, () => `${run.id}\n`);
      return EXIT.ok;
    }
    if (json) await out.write(`${safeJson({ kind: 'run', run })}\n`);
    await err.line(`Run ${run.id}: ${run.aiAgent}, model ${run.model}, ${run.state}.`);
    if (run.runtime === 'LOCAL') await err.line("It has NO ISOLATION: the agent is a process of the server's machine.");
    if (run.modelUpstream === 'MOCK') await err.line('Its model is the built-in MOCK: a script. No provider is asked.');
    end = await followRun(session, run, { raw: options.raw ?? false, interruptions });
  }
  if (!end) return EXIT.interrupted;
  const ended = await withFigures(session, end);
  if (json) await out.write(`${safeJson({ kind: 'run', run: ended })}\n`);
  await summarise(session, ended);
  return ended.state === 'SUCCEEDED' ? EXIT.ok : EXIT.failed;
}

/** With the sums of the last model calls, if they come: how the run ended is known without them. */
async function withFigures({ client }: Session, run: TriageRun): Promise<TriageRun> {
  await delay(FIGURES_MS);
  return client.triageRun(run.id, { timeoutMs: FIGURES_TIMEOUT_MS }).catch(() => run);
}

async function inputOf(session: Session, options: TriageOptions, given: string | undefined): Promise<StartTriageInput> {
  const { io, err } = session;
  const { prompt, incident, notSent } = await readTriageInput(io, given, options);
  if (notSent.length > 0) {
    const more = notSent.length > NAMED_FILES ? ` and ${notSent.length - NAMED_FILES} more` : '';
    const names = notSent.slice(0, NAMED_FILES).map((name) => JSON.stringify(name));
    await err.line(`Of the workspace the agent gets incident.json alone, not ${names.join(', ')}${more}.`);
  }
  const { model, cluster, allowedTools, systemPrompt, timeout, memory, debug, idempotencyKey } = options;
  return {
    instanceId: await instanceId(session, options.instance, true),
    aiAgent: AI_AGENTS_BY_NAME[options.agent],
    prompt,
    incident,
    ...(model === undefined ? {} : { model }),
    ...(cluster === undefined ? {} : { clusterId: await clusterId(session, cluster) }),
    ...(allowedTools === undefined ? {} : { allowedTools: [...allowedTools] }),
    ...(systemPrompt === undefined
      ? {}
      : { systemPrompt: await readTextFile(systemPrompt, 'system prompt', MAX_PROMPT_BYTES) }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(memory === undefined ? {} : { memory }),
    ...(debug ? { debug } : {}),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

/** Whether there is a run, only the server's answer tells: the first Ctrl-C waits for it. */
async function start(
  { client, err }: Session,
  input: StartTriageInput,
  interruptions: Interruptions,
): Promise<TriageRun> {
  const givenUp = new AbortController();
  const starting = startOnce(client, input, givenUp.signal);
  await Promise.race([starting, interruptions.arrived]);
  const first = interruptions.take();
  if (!first) return starting;
  await err.line('Waiting for the server, which may have started the run. Ctrl-C again gives up.');
  await Promise.race([starting, interruptions.arrived]);
  if (interruptions.take()) {
    starting.catch(() => undefined);
    // Else the process would wait for the answer.
    givenUp.abort();
    throw new CommandFailure(EXIT.interrupted, 'Given up. The run may have been started: triaged runs shows it.');
  }
  interruptions.put(first);
  return starting;
}

async function summarise(
  { err }: Session,
  { id, state, startedAt, endedAt, failure, usage }: TriageRun,
): Promise<void> {
  const took = startedAt && endedAt ? ` after ${age(startedAt, new Date(endedAt))}` : '';
  const figures = [
    `${count(usage.requestCount)} model calls`,
    `${count(usage.tokenCount)} tokens`,
    ...(usage.estimatedCost == null ? [] : [dollars(usage.estimatedCost)]),
  ];
  await err.line(`${state}${took}: ${figures.join(', ')}.`);
  if (failure) await err.line(`${failure.message} (${failure.code})`);
  if (state === 'SUCCEEDED') await err.line(`The report: triaged report ${id}`);
}
