import { Command, InvalidArgumentError, Option } from 'commander';
import { onServer, withServer, type Invocation } from '../actions.js';
import { AI_AGENT_NAMES } from '../ai-agent-names.js';
import { readCount, readDay, readList, readSeconds } from '../values.js';

const STATES = ['QUEUED', 'PREPARING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'LOST'];
const INSTANCE = 'name or id of the instance';
const JSON_LINES = 'print events as lines of JSON';
const RAW = "print the log's bytes as the agent wrote them, on a terminal too";

/** Triages: starting, following, reading and counting them. */
export function runCommands(invocation: Invocation): Command[] {
  const runs = withServer(
    new Command('runs')
      .description('List triage runs, newest first.')
      .option('-i, --instance <instance>', `only of this instance: ${INSTANCE}`)
      .addOption(
        new Option('--state <state>', 'only runs that stand so').choices(STATES).argParser(upperCaseOf(STATES)),
      )
      .addOption(new Option('-n, --limit <n>', 'how many at most').argParser(readCount).default(20)),
  ).action(onServer(invocation, async () => (await import('../commands/runs.js')).listRuns));

  const logs = withServer(
    new Command('logs')
      .description("Show a run's log so far.")
      .argument('<run>', 'id of the run')
      .option('-f, --follow', 'go on until the run has ended')
      .addOption(new Option('--raw', RAW).conflicts('json')),
    JSON_LINES,
  ).action(onServer(invocation, async () => (await import('../commands/logs.js')).showLog));

  const report = withServer(
    new Command('report').description("Show a run's report.").argument('<run>', 'id of the run'),
  ).action(onServer(invocation, async () => (await import('../commands/report.js')).showReport));

  const usage = withServer(
    new Command('usage')
      .description("Show an instance's model calls, tokens and cost.")
      .option('-i, --instance <instance>', `${INSTANCE}; else TRIAGED_INSTANCE, else the only one there is`)
      .option('--from <day>', 'first day, UTC (default: 29 days before the last)', readDay)
      .option('--to <day>', 'last day, UTC (default: today)', readDay)
      .option('--by <list>', 'told apart by day, agent or model, between commas', readList, ['day', 'agent']),
  ).action(onServer(invocation, async () => (await import('../commands/usage.js')).showUsage));

  const cancel = withServer(
    new Command('cancel').description('Cancel a run. Repeating it is harmless.').argument('<run>', 'id of the run'),
  ).action(onServer(invocation, async () => (await import('../commands/cancel.js')).cancelRun));

  return [triage(invocation), runs, logs, report, usage, cancel];
}

function triage(invocation: Invocation): Command {
  return withServer(
    new Command('triage')
      .description(
        'Start a triage and follow it: its output on stdout, its progress on stderr. Ctrl-C asks whether to cancel the run or to ' +
          'leave it; a second Ctrl-C leaves it.',
      )
      .argument('[prompt]', 'what to ask; else prompt.md of the workspace')
      .option('-i, --instance <instance>', `${INSTANCE}; else TRIAGED_INSTANCE, else the only one that runs`)
      .option(
        '-w, --workspace <folder>',
        'a folder with incident.json and, unless given here, prompt.md; nothing else of it is sent',
      )
      .option('--incident <file>', 'the incident, a JSON object; - for standard input')
      .addOption(new Option('-a, --agent <agent>', 'which AI agent').choices(AI_AGENT_NAMES).default('claude'))
      .option('-m, --model <model>', "the model; else the instance's, else the CLI's default")
      .option('--cluster <cluster>', 'name or id of a cluster that the agent may reach')
      .option('-t, --allowed-tools <tools>', 'of claude: tools between commas', readList)
      .option('-s, --system-prompt <file>', 'a file that takes the place of the generic system prompt')
      .option('--timeout <seconds>', 'time limit', readSeconds)
      .option('--memory <size>', 'memory limit, such as 512m or 2g')
      .option('--debug', "keep the agent's session among the artifacts")
      .option('--idempotency-key <key>', 'start no second run when the same is asked again')
      .option('-d, --detach', 'print the id of the run and leave it')
      .addOption(new Option('--raw', RAW).conflicts('json')),
    JSON_LINES,
  ).action(onServer(invocation, async () => (await import('../commands/triage.js')).triage));
}

const upperCaseOf =
  (choices: readonly string[]) =>
  (text: string): string => {
    const choice = text.toUpperCase();
    if (choices.includes(choice)) return choice;
    throw new InvalidArgumentError(`It takes one of ${choices.join(', ')}.`);
  };
