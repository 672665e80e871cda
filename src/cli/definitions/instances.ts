import { Command, Option } from 'commander';
import { onServer, withServer, type Invocation } from '../actions.js';
import { AI_AGENT_NAMES } from '../ai-agent-names.js';
import { readDollars, readLimit, readList } from '../values.js';

const INSTANCE = 'name or id of the instance';
const load = () => import('../commands/instances.js');
const loadAiAgents = () => import('../commands/ai-agents.js');
const loadLimits = () => import('../commands/ai-agent-limits.js');

/** What is done to instances, their AI agents, and clusters. */
export function instanceCommands(invocation: Invocation): Command[] {
  return [instances(invocation), aiAgents(invocation), clusters(invocation)];
}

function instances(invocation: Invocation): Command {
  const group = new Command('instances').description('Show and change instances: AI agents with their keys.');
  withServer(group.command('list', { isDefault: true }).description('List the instances, newest first.')).action(
    onServer(invocation, async () => (await load()).listInstances),
  );
  withServer(
    group.command('create').description('Create a stopped instance.').argument('<name>', 'unique in the tenant'),
  ).action(onServer(invocation, async () => (await load()).createInstance));
  withServer(
    group.command('show').description('Show an instance and its AI agents.').argument('<instance>', INSTANCE),
  ).action(onServer(invocation, async () => (await load()).showInstance));
  withServer(
    group
      .command('start')
      .description('Check and pin what is configured, and take runs.')
      .argument('<instance>', INSTANCE),
  ).action(onServer(invocation, async () => (await load()).startInstance));
  withServer(
    group
      .command('restart')
      .description('Pin what is configured now; runs under way go on with what they have.')
      .argument('<instance>', INSTANCE),
  ).action(onServer(invocation, async () => (await load()).restartInstance));
  withServer(
    group
      .command('stop')
      .description('Take no more runs; those under way go on.')
      .argument('<instance>', INSTANCE)
      .option('--force', 'cancel the runs under way'),
  ).action(onServer(invocation, async () => (await load()).stopInstance));
  withServer(
    group
      .command('delete')
      .description('Delete an instance with its files and keys; its history stays.')
      .argument('<instance>', INSTANCE)
      .option('--force', 'cancel the runs under way, which are a reason to refuse otherwise'),
  ).action(onServer(invocation, async () => (await load()).deleteInstance));
  return group;
}

const ofAiAgent = (command: Command): Command =>
  command
    .addOption(new Option('-i, --instance <instance>', `${INSTANCE}; else TRIAGED_INSTANCE`))
    .addOption(new Option('-a, --agent <agent>', 'which AI agent').choices(AI_AGENT_NAMES).default('claude'));

function aiAgents(invocation: Invocation): Command {
  const group = new Command('ai-agents').description("Configure an instance's AI agents: key, model, limits.");
  withServer(
    ofAiAgent(group.command('configure').description('Configure an AI agent. What is left out stays as it is.'))
      .option('--key', "ask for the provider's API key, or read it from standard input when that is no terminal")
      .option('-m, --model <model>', "the model; '' for the CLI's default")
      .addOption(
        new Option('--provider <provider>', 'of opencode and goose').choices(['anthropic', 'openai', 'google']),
      )
      .option('--base-url <url>', "where the provider's API is; '' for the operator's choice")
      .option(
        '--allowed-tools <tools>',
        "of claude: tools between commas, for runs that name none; '' for the CLI's default",
        readList,
      )
      .option('--settings <file>', "a file with a JSON object of the CLI's own settings; - for standard input"),
  ).action(onServer(invocation, async () => (await loadAiAgents()).configureAiAgent));
  withServer(
    ofAiAgent(
      group
        .command('rotate-key')
        .description('Store a new key: asked for, or read from standard input. It serves from the next restart on.'),
    ),
  ).action(onServer(invocation, async () => (await loadAiAgents()).rotateKey));
  withServer(
    ofAiAgent(group.command('test').description('Make the smallest real call of the provider with the active key.')),
  ).action(onServer(invocation, async () => (await loadAiAgents()).testConnection));
  withServer(
    ofAiAgent(group.command('limits').description('Show the limits of an AI agent, and set those that are given.'))
      .option('--requests-per-minute <n>', 'model calls in a minute, or none', readLimit)
      .option('--tokens-per-minute <n>', 'tokens in a minute, or none', readLimit)
      .option('--concurrent-calls <n>', 'model calls at once, or none', readLimit)
      .option('--run-tokens <n>', 'tokens of each run, or none', readLimit)
      .option('--run-cost <usd>', 'estimated US dollars of each run, or none', readDollars)
      .option('--day-tokens <n>', 'tokens of each day (UTC), or none', readLimit)
      .option('--day-cost <usd>', 'estimated US dollars of each day (UTC), or none', readDollars),
  ).action(onServer(invocation, async () => (await loadLimits()).limits));
  return group;
}

function clusters(invocation: Invocation): Command {
  const group = new Command('clusters').description('Show the clusters that runs may reach.');
  withServer(group.command('list', { isDefault: true }).description('List the clusters, newest first.')).action(
    onServer(invocation, async () => (await import('../commands/clusters.js')).listClusters),
  );
  return group;
}
