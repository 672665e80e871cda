import { describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { buildSchema, parse, validate } from 'graphql';
import { readdirSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { buildProgram } from '../../src/cli/program.js';
import { fencedBlocks, readDocument } from '../testkit/documents.js';
import { recordedCommands, type RecordedCommand } from '../testkit/recorded-commands.js';

const root = path.resolve(import.meta.dirname, '../..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'agent-image/README.md', 'bench/README.md', 'sdk/README.md'],
  'examples/apollo-client/README.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Files of the repository that are called by their path, each with the one that reads its options. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'runners/run-agent.sh': 'runners/lib/host.sh',
  '.ci/run': '.ci/run',
};
/** Programs of other makers. */
const PROGRAMS = new Set('cat cp curl cut docker git jq kubectl openssl rm sleep tar'.split(' '));

const packageIn = (folder: string) =>
  JSON.parse(readDocument(path.join(folder, 'package.json'))) as {
    readonly name: string;
    readonly scripts?: Readonly<Record<string, string>>;
  };
/** What `npm install` may name: packages of ours. */
const PACKAGES: readonly string[] = [packageIn('sdk').name];
/** The folder in which a page's commands are typed. */
const folderOf = (page: string): string => (page.startsWith('examples/') ? path.dirname(page) : '.');
const { services } = parseYaml(readDocument('compose.yaml')) as { services: Readonly<Record<string, unknown>> };
const schema = buildSchema(readDocument('schema/schema.graphql'));

/** Where the names of variables are read. */
const readers = ['src/config/variables.ts', 'src/cli', 'runners', 'scripts', 'tests/incidents', 'compose.yaml']
  .flatMap((place) =>
    /\.\w+$/.test(place)
      ? [place]
      : readdirSync(path.join(root, place), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
  )
  .map(readDocument)
  .join('\n');

/** The parser of the command line, with nothing behind it. */
function parseOnly(): Command {
  const sink = () => Object.assign(new PassThrough(), { columns: 100 }).resume();
  const io = { stdin: new PassThrough(), stdout: sink(), stderr: sink(), environment: {} };
  const program = buildProgram({ io, exitCode: 0 });
  const disarm = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => undefined);
    command.commands.forEach(disarm);
  };
  disarm(program);
  return program;
}

/** What is no fault: help, and in a sentence a command without its operands. */
const HELP: readonly string[] = ['commander.help', 'commander.helpDisplayed'];
const NAMED = [...HELP, 'commander.missingArgument', 'commander.missingMandatoryOptionValue'];

function faultOfTriaged(words: readonly string[], allowed = HELP): string | undefined {
  try {
    parseOnly().parse(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && allowed.includes(error.code)) return undefined;
    return (error as Error).message;
  }
}

/** Of npm itself, not of package.json. */
const NPM_COMMANDS = new Set(['ci', 'link', 'pack']);

function faultOfNpm([subcommand = '', ...rest]: readonly string[], folder: string): string | undefined {
  if (NPM_COMMANDS.has(subcommand)) return undefined;
  if (subcommand === 'install') {
    const unknown = rest.find((name) => !PACKAGES.includes(name));
    return unknown && `there is no package ${unknown} of ours`;
  }
  const { scripts = {} } = packageIn(folder);
  const words = subcommand === 'run' ? rest.filter((word) => word !== '--silent' && word !== '-s') : [subcommand];
  const [name = '', separator, ...args] = words;
  if (!Object.hasOwn(scripts, name)) return `package.json has no script ${name}`;
  if (separator !== undefined && separator !== '--') return `npm keeps ${separator}: put -- before it`;
  return name === 'triaged' ? faultOfTriaged(args) : undefined;
}

function faultOfDocker(words: readonly string[]): string | undefined {
  if (words[0] !== 'compose') return undefined;
  const [verb = '', ...operands] = words.slice(words.indexOf('--env-file') + 2).filter((word) => !/^-[dT]$/.test(word));
  const named = verb === 'exec' ? operands.slice(0, 1) : operands;
  const unknown = named.find((service) => !(service in services));
  if (unknown !== undefined) return `compose.yaml has no service ${unknown}`;
  return verb === 'exec' && operands[1] === 'triaged' ? faultOfTriaged(operands.slice(2)) : undefined;
}

function faultOfCurl(words: readonly string[]): string | undefined {
  const body = words[words.indexOf('-d') + 1] ?? '';
  if (!words.includes('-d')) return undefined;
  const { query } = JSON.parse(body) as { query: string };
  return validate(schema, parse(query))[0]?.message;
}

/** Options are what its `case` takes, each as a word: `-w | --workspace)`. */
function faultOfScript(script: string, words: readonly string[]): string | undefined {
  const labels = readDocument(SCRIPTS[script] ?? '').matchAll(/^\s*(-[-\w]+(?: \| -[-\w]+)*)\)/gm);
  const options = [...labels].flatMap(([, label = '']) => label.split(' | '));
  const unknown = words.filter((word) => /^--?[a-z]/.test(word)).find((option) => !options.includes(option));
  return unknown && `${script} has no option ${unknown}`;
}

function faultOf(
  { words: [program = '', ...words], variables }: RecordedCommand,
  allowed: readonly string[],
  folder: string,
): string | undefined {
  const variable = variables.find((name) => !new RegExp(`\\b${name}\\b`).test(readers));
  if (variable !== undefined) return `nothing reads the variable ${variable}`;
  if (program in SCRIPTS) return faultOfScript(program, words);
  switch (program) {
    case 'triaged':
      return faultOfTriaged(words, allowed);
    case 'npx':
      return words[0] === 'triaged' ? faultOfTriaged(words.slice(1), allowed) : `nobody knows the program ${words[0]}`;
    case 'npm':
      return faultOfNpm(words, folder);
    case 'docker':
      return faultOfDocker(words);
    case 'curl':
      return faultOfCurl(words);
    default:
      return PROGRAMS.has(program) ? undefined : `nobody knows the program ${program}`;
  }
}

const blocks = pages.flatMap(fencedBlocks).filter(({ language }) => language === 'sh');

/** Commands of ours amid the text, such as those of tables. */
const inline = pages.flatMap((file) =>
  [...readDocument(file).matchAll(/(?<!`)`((?:[A-Z_]+=\S+ )*(?:npm|npx triaged|triaged) [^…`\n][^`\n]*)`/g)].map(
    ([, text = '']) => ({
      file,
      text,
    }),
  ),
);

async function faultsOf(text: string, { page = 'README.md', allowed = HELP } = {}): Promise<string[]> {
  const commands = await recordedCommands(text, Object.keys(SCRIPTS));
  return commands.flatMap((command) => faultOf(command, allowed, folderOf(page)) ?? []);
}

describe('the commands that the documentation shows', () => {
  it('are found', () => {
    expect(blocks.length).toBeGreaterThan(20);
    expect(inline.length).toBeGreaterThan(20);
    for (const page of ['sdk/README.md', 'examples/apollo-client/README.md'])
      expect(blocks.filter(({ file }) => file === page)).not.toEqual([]);
    expect(inline.map(({ text }) => text)).toContain('npx triaged ai-agents rotate-key -i production < key');
  });

  it.each(blocks)('exist, with their options and variables: $file:$line', async ({ file, text }) => {
    expect(await faultsOf(text, { page: file })).toEqual([]);
  });

  it.each(inline)('exist amid the text: $file $text', async ({ file, text }) => {
    expect(await faultsOf(text, { page: file, allowed: NAMED })).toEqual([]);
  });

  it.each([
    ['triaged triage --colour', "unknown option '--colour'"],
    ['npm run nothing', 'no script nothing'],
    ['npm run demo --once', 'put -- before it'],
    ['MODEL_UPSTREAMS=http npm start', 'MODEL_UPSTREAMS'],
    ['docker compose --env-file .compose/env up -d database', 'no service database'],
    ['for i in 1 2; do nmp start; done', 'nmp'],
    ['runners/run-agent.sh --colour', 'no option --colour'],
    ['runners/run-agent.sh -w . --kube read-only.kubeconfig Why?', 'no option --kube'],
    ['npm install && npm run codegen', 'no script codegen'],
    ['npm install triaged-sdk', 'no package triaged-sdk'],
    ['npx triaged ai-agents rotate-key --instances production < key', '--instances'],
    [`curl -d '{"query":"{ nothing }"}' localhost`, 'Cannot query field'],
  ])('would not pass with %j', async (text, why) => {
    expect((await faultsOf(text)).join()).toContain(why);
  });

  it('would not pass without being a script, or with a path that is none of ours', async () => {
    await expect(faultsOf('if true; then')).rejects.toThrow('syntax error');
    await expect(faultsOf('runners/no-agent.sh')).rejects.toThrow('No such file');
  });
});
