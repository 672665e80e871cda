import { EXTRACT_COMMAND, writeFileCommand } from './shell.js';
import { MOCK_NOTICE, triageConclusion, triageReport } from './triage-report.js';

/** What a request says, whatever its provider's protocol. */
export interface ScriptCue {
  /** True when the agent offers a tool that runs shell commands. */
  readonly hasShell: boolean;
  /** How many tool results the conversation holds: which turn it is. */
  readonly toolResults: number;
  /** True when the latest tool result is an error. */
  readonly lastToolFailed: boolean;
  readonly incident: string | undefined;
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

const commands = (incident: string | undefined): readonly (ScriptTurn & { readonly shell: ShellCommand })[] => [
  {
    text: `${MOCK_NOTICE} The commands are real, though. First I read the incident.`,
    shell: { command: 'cat "$WORKSPACE/incident.json"', description: 'Read the incident' },
  },
  {
    text: 'Now I take out what matters: the object, where it runs, and the reason.',
    shell: { command: EXTRACT_COMMAND, description: 'Extract the telling fields of the incident' },
  },
  {
    text: 'I know enough for a short report and write it to the output folder.',
    shell: {
      command: writeFileCommand('"$OUTPUT/report.md"', triageReport(incident)),
      description: 'Write the triage report',
    },
  },
];

/** The mock's part in a triage: read, extract, write the report, conclude. The same cue gives the same turn. */
export function triageTurn({ hasShell, toolResults, lastToolFailed, incident }: ScriptCue): ScriptTurn {
  if (!hasShell) {
    return { text: `${MOCK_NOTICE} I was given no shell, so here is the report itself.\n\n${triageReport(incident)}` };
  }
  const turn = commands(incident)[toolResults];
  if (turn) return turn;
  const report = lastToolFailed
    ? 'The report could not be written: see the error of the last command.'
    : 'The report is in report.md of the output folder.';
  return { text: `Triage finished. ${triageConclusion(incident)} ${report} (${MOCK_NOTICE})` };
}

/** The answer to a call beside the triage: a title, a topic, a connection test. */
export const SIDE_ANSWER = 'Mock triage';
