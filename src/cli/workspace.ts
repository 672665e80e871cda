import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './failure.js';
import type { CommandIo } from './io.js';
import { readJsonObject } from './json-input.js';
import { readTextFile } from './text-input.js';

/** As startTriage takes it. */
export const MAX_INCIDENT_BYTES = 256 * 1024;
/** 10,000 characters, which the server counts, in UTF-8. */
export const MAX_PROMPT_BYTES = 40_000;

const INCIDENT = 'incident.json';
const PROMPT = 'prompt.md';
/** What is sent, and what runs of run-agent.sh leave. */
const EXPECTED: readonly string[] = [INCIDENT, PROMPT, 'output', 'logs'];
/** An earlier run's agent may have written to the workspace: a link in it could lead to any file of the caller's. */
const NO_LINK = { noLink: true };

export interface TriageInput {
  readonly prompt: string;
  /** A JSON object as text. */
  readonly incident: string;
  /** Names in the workspace of what is not sent. */
  readonly notSent: readonly string[];
}

export interface InputOptions {
  readonly workspace?: string;
  readonly incident?: string;
}

/** What a triage is asked about, and the question: as given, else from the workspace. */
export async function readTriageInput(
  io: CommandIo,
  given: string | undefined,
  { workspace, incident }: InputOptions,
): Promise<TriageInput> {
  if (workspace === undefined) {
    if (incident === undefined) {
      throw new UsageError(
        `Give the incident: -w FOLDER with ${INCIDENT} in it, or --incident FILE (- for standard input).`,
      );
    }
    if (given === undefined) throw new UsageError('Say what to ask, in quotes.');
    return { prompt: given, incident: await readIncident(io, incident), notSent: [] };
  }
  if (!(await stat(workspace).catch(() => undefined))?.isDirectory()) {
    throw new UsageError(`The workspace ${workspace} is no folder. Make it, and put ${INCIDENT} in it.`);
  }
  const names = await readdir(workspace);
  return {
    prompt: given ?? (await promptOf(workspace)),
    incident: await (incident === undefined
      ? readIncident(io, path.join(workspace, INCIDENT), NO_LINK)
      : readIncident(io, incident)),
    notSent: names.filter((name) => !EXPECTED.includes(name) && !name.startsWith('.')),
  };
}

const readIncident = async (io: CommandIo, file: string, options?: typeof NO_LINK): Promise<string> =>
  (await readJsonObject(io, file, 'incident', MAX_INCIDENT_BYTES, options)).text;

async function promptOf(workspace: string): Promise<string> {
  const file = path.join(workspace, PROMPT);
  if (!(await readdir(workspace)).includes(PROMPT)) throw new UsageError(`Say what to ask, in quotes, or in ${file}.`);
  return readTextFile(file, 'prompt', MAX_PROMPT_BYTES, NO_LINK);
}
