import type { Command } from 'commander';
import { PassThrough } from 'node:stream';
import { EXIT_CODE_MEANINGS } from './exit-codes.js';
import { buildProgram } from './program.js';

const HEAD = `# The command line

Made by \`npm run docs\` from [src/cli](../src/cli): change that.

\`npx triaged …\` in the checkout, \`triaged …\` in the server's image; \`npm link\` puts it on the path of every folder.

\`\`\`sh
npx triaged serve                                          # in a terminal of its own
npx triaged instances create production
npx triaged ai-agents configure -i production -a claude --key
npx triaged instances start production
npx triaged triage -w ./incident-42 "Why does checkout crash?"
npx triaged runs
\`\`\`

## Which server, which key

| what | first of |
|---|---|
| server | \`--url\`, \`TRIAGED_URL\`, the server that was started in this folder (\`DATA_DIR\`, \`.data\`) and listens on this machine, \`http://127.0.0.1:4000\` |
| API key | \`--api-key-file\`, \`TRIAGED_API_KEY\`, the demo tenant's key in the data folder: for the server that was started in this folder and no other |
| instance | \`-i\`, \`TRIAGED_INSTANCE\`, the only one there is (of \`triage\`: that runs) |

No key is taken from an argument, which every process of the machine can read. \`ai-agents configure --key\` and \`rotate-key\` ask for a provider's
key without showing it, or read standard input: \`npx triaged ai-agents rotate-key -i production < key\`.

## What is printed

What was asked for goes to stdout, progress and failures to stderr.

| | on a terminal | into a pipe or a file | \`--json\` |
|---|---|---|---|
| lists | aligned columns, cut to 60 each, ages, colours | fields between tabs, uncut, exact instants and figures | one document, the API's own objects |
| \`logs\`, \`triage\` | rendered, colours | rendered, no colours | an event of the agent a line; \`triage\` also \`{"kind":"run"}\` at beginning and end |
| with \`--raw\` | the agent's bytes | the agent's bytes | |

**On a terminal only colours pass** from a log, a report, a name or a message: agents print what strangers wrote. Other control characters are shown
as signs (\`␛\`, \`<U+009B>\`), also those that reorder text. \`NO_COLOR\` and \`TERM=dumb\` turn colours off. With \`--raw\` a terminal obeys whatever
the log says.

## A triage

\`-w FOLDER\` is the folder that \`run-agent.sh\` takes: \`incident.json\` is sent (a JSON object, 256 KiB at most), and \`prompt.md\` unless a prompt is
given. Nothing else of it is, which is said; no link in it is followed. The agent's files stay with the server: \`report\` shows the report, the API gives
the others.

Ctrl-C asks: \`c\` cancels the run, \`l\` leaves it running, Enter goes on; a second Ctrl-C leaves it. Without a terminal to ask on, it leaves the run. The way
back is printed: \`triaged logs -f RUN\`. A lost connection is made again, for some ten minutes, and goes on at its byte. A start whose
answer is lost is asked for once more, with the same idempotency key, so that it is one run.

## Exit codes
`;

/** docs/cli.md */
export function printedCommandLine(): string {
  const stdout = new PassThrough();
  const program = buildProgram({
    io: { stdin: new PassThrough(), stdout, stderr: new PassThrough(), environment: {} },
    exitCode: 0,
  });
  const codes = EXIT_CODE_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |\n`).join('');
  const sections = commandsOf(program).map((command) => {
    const name = pathOf(command);
    return `\n### ${name}\n\n\`\`\`text\n${command.helpInformation().trimEnd()}\n\`\`\`\n`;
  });
  return `${HEAD}\n| code | meaning |\n|---|---|\n${codes}\n## Commands\n${sections.join('')}`;
}

/** Those that do something, in the order of the help. */
const commandsOf = (parent: Command): Command[] =>
  parent.commands.flatMap((command) => (command.commands.length > 0 ? commandsOf(command) : [command]));

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
