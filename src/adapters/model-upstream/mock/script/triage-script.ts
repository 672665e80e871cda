import { lookCommand } from './cluster-look.js';
import { findingsOf, type Findings } from './findings.js';
import { findIncident, hasCluster } from './incident-text.js';
import { reportJson } from './report-json.js';
import { EXTRACT_COMMAND, writeFilesCommand, WRITTEN } from './shell.js';
import { MOCK_NOTICE, triageConclusion, triageReport } from './triage-report.js';

/** What a request says, whatever its provider's protocol. */
export interface ScriptCue {
  /** True when the agent offers a tool that runs shell commands. */
  readonly hasShell: boolean;
  /** All that was said on the user's side. */
  readonly prompt: string;
  /** What each tool call gave back, oldest first; their number is the turn. */
  readonly toolResults: readonly string[];
}

export interface ShellCommand {
  readonly command: string;
  readonly description: string;
}

/** A turn that ends the conversation has no command. */
export interface ScriptTurn {
  readonly text: string;
  readonly shell?: ShellCommand;
}

type CommandTurn = ScriptTurn & { readonly shell: ShellCommand };

const READ: CommandTurn = {
  text: `${MOCK_NOTICE} The commands are real, though. First I read the incident.`,
  shell: { command: 'cat "$WORKSPACE/incident.json"', description: 'Read the incident' },
};

const EXTRACT: CommandTurn = {
  text: 'Now I take out what matters: the object, where it runs, and the reason.',
  shell: { command: EXTRACT_COMMAND, description: 'Extract the telling fields of the incident' },
};

const look = ({ incident }: Findings): CommandTurn => ({
  text: 'I may read the cluster, so I look at the object there: its state, its events, its logs.',
  shell: { command: lookCommand(incident), description: 'Look at the object in the cluster' },
});

const write = (findings: Findings | undefined): CommandTurn => ({
  text: 'I know enough for a short report and write it to the output folder.',
  shell: {
    command: writeFilesCommand([
      { target: '"$OUTPUT/report.md"', text: triageReport(findings) },
      { target: '"$OUTPUT/report.json"', text: reportJson(findings) },
    ]),
    description: 'Write the triage report',
  },
});

/**
 * The mock's part in a triage: read the incident, look at its object in the cluster if there is one, extract, write the
 * report, conclude. The same cue gives the same turn.
 */
export function triageTurn({ hasShell, prompt, toolResults }: ScriptCue): ScriptTurn {
  const incident = findIncident(prompt);
  const looks = incident !== undefined && hasCluster(prompt);
  const printed = looks ? toolResults.slice(0, 2) : toolResults.slice(0, 1);
  const findings = incident === undefined ? undefined : findingsOf(incident, printed);
  if (!hasShell) {
    return { text: `${MOCK_NOTICE} I was given no shell, so here is the report itself.\n\n${triageReport(findings)}` };
  }
  const turns = [READ, ...(looks && findings ? [look(findings)] : []), EXTRACT, write(findings)];
  const turn = turns[toolResults.length];
  if (turn) return turn;
  const report = toolResults.at(-1)?.includes(WRITTEN)
    ? 'The report is in report.md of the output folder, and in report.json.'
    : 'The report could not be written: see the error of the last command.';
  return { text: `Triage finished. ${triageConclusion(findings)} ${report} (${MOCK_NOTICE})` };
}

/** The answer to a call beside the triage: a title, a topic, a connection test. */
export const SIDE_ANSWER = 'Mock triage';
