import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { AI_AGENT_NAMES, AI_AGENTS, type AiAgent } from '../../kernel/ai-agents.js';
import { TriagedError } from '../../kernel/errors.js';

export interface LocalCliOptions {
  /** Where fetched CLIs are kept: `{dataDir}/cli`. */
  readonly directory: string;
  /** The server's PATH. */
  readonly searchPath: string;
  /** `NAME=value` lines, e.g. CLAUDE_CODE_VERSION: the versions that the image pins. */
  readonly versionsFile: string;
  /** npm's whole environment: what it installs runs scripts, which must not see the server's secrets. */
  readonly npmEnvironment: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

interface NpmPackage {
  readonly name: string;
  /** The variable in the versions file. */
  readonly version: string;
  /** The CLI's program in the package, where npm does not link it under the CLI's name. */
  readonly program?: string;
}

const PACKAGES: Readonly<Record<AiAgent, NpmPackage>> = {
  CLAUDE_CODE: { name: '@anthropic-ai/claude-code', version: 'CLAUDE_CODE_VERSION' },
  CODEX_CLI: { name: '@openai/codex', version: 'CODEX_VERSION' },
  GEMINI_CLI: { name: '@google/gemini-cli', version: 'GEMINI_VERSION' },
  OPENCODE: { name: 'opencode-ai', version: 'OPENCODE_VERSION' },
  GOOSE: {
    name: `@aaif/goose-binary-${process.platform}-${process.arch}`,
    version: 'GOOSE_VERSION',
    program: 'bin/goose',
  },
};

const FETCH_TIMEOUT_MS = 10 * 60 * 1000;
const PROGRESS_MS = 5000;
const FETCH_PREFIX = 'fetch-';

/** Finds the CLI of an AI agent on this machine: on the PATH, else fetched earlier, else fetched now. */
export class LocalCli {
  readonly #fetches = new Map<AiAgent, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(private readonly options: LocalCliOptions) {}

  /** Where the commands of fetched CLIs are, whether they have been fetched or not. */
  binDirectories(): string[] {
    return AI_AGENT_NAMES.map((aiAgent) => path.dirname(this.#bin(this.#home(aiAgent), AI_AGENTS[aiAgent].cli)));
  }

  /** Resolves once the CLI can be started; rejects with RUNTIME_UNAVAILABLE, saying what to do. One fetch at a time. */
  async ensure(aiAgent: AiAgent): Promise<void> {
    const command = AI_AGENTS[aiAgent].cli;
    for (const folder of this.options.searchPath.split(path.delimiter)) {
      if (folder !== '' && (await isExecutable(path.join(folder, command)))) return;
    }
    let fetching = this.#fetches.get(aiAgent);
    if (!fetching) {
      fetching = this.#fetchUnlessThere(aiAgent).finally(() => this.#fetches.delete(aiAgent));
      this.#fetches.set(aiAgent, fetching);
    }
    await fetching;
  }

  /** Ends a fetch that is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#fetches.values());
  }

  #home(aiAgent: AiAgent): string {
    return path.join(this.options.directory, AI_AGENTS[aiAgent].folder);
  }

  async #fetchUnlessThere(aiAgent: AiAgent): Promise<void> {
    const command = AI_AGENTS[aiAgent].cli;
    const source = PACKAGES[aiAgent];
    const version = await this.#pinnedVersion(source.version);
    const home = this.#home(aiAgent);
    if ((await installedVersion(home, source.name)) === version && (await isExecutable(this.#bin(home, command))))
      return;

    await mkdir(this.options.directory, { recursive: true, mode: 0o700 });
    // Beside its place and renamed when complete: a fetch that was cut leaves nothing that looks whole, and goes now.
    for (const name of await readdir(this.options.directory)) {
      if (name.startsWith(FETCH_PREFIX)) await rm(path.join(this.options.directory, name), { recursive: true });
    }
    const fresh = await mkdtemp(path.join(this.options.directory, FETCH_PREFIX));
    try {
      await this.#npmInstall(fresh, `${source.name}@${version}`);
      if (source.program) await linkProgram(this.#bin(fresh, command), path.join('..', source.name, source.program));
      if (!(await isExecutable(this.#bin(fresh, command)))) throw unavailable(`npm installed no command ${command}.`);
      await rm(home, { recursive: true, force: true });
      await rename(fresh, home);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }

  #bin(home: string, command: string): string {
    return path.join(home, 'node_modules', '.bin', command);
  }

  async #pinnedVersion(name: string): Promise<string> {
    const lines = (await readFile(this.options.versionsFile, 'utf8')).split('\n');
    const version = lines
      .find((line) => line.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .trim();
    if (!version) throw new Error(`${this.options.versionsFile} does not name ${name}`);
    return version;
  }

  async #npmInstall(prefix: string, what: string): Promise<void> {
    const { logger } = this.options;
    const startedAt = performance.now();
    const seconds = (): number => Math.round((performance.now() - startedAt) / 1000);
    logger.info({ package: what }, 'fetching the CLI from the npm registry, once; it has several hundred MB');
    const progress = setInterval(
      () => logger.info({ package: what, seconds: seconds() }, 'still fetching'),
      PROGRESS_MS,
    );
    try {
      const args = ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--no-save', '--ignore-scripts=false'];
      const said = await this.#runNpm([...args, '--global=false', what]);
      if (said !== undefined) throw unavailable(`npm could not install ${what}: ${said}`);
      logger.info({ package: what, seconds: seconds() }, 'fetched the CLI');
    } finally {
      clearInterval(progress);
    }
  }

  /** Undefined when npm succeeded, else what it said last. */
  async #runNpm(args: readonly string[]): Promise<string | undefined> {
    const { searchPath, npmEnvironment: env } = this.options;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
    const npm = await findNpm(searchPath);
    if (npm === undefined) return 'there is no npm on the PATH.';
    const child = spawn(npm, args, { env, stdio: ['ignore', 'ignore', 'pipe'], signal });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      if (code === 0) return undefined;
    } catch (error) {
      said += error instanceof Error ? error.message : '';
    }
    const errors = said.split('\n').filter((line) => line.startsWith('npm error') && !line.includes('debug-'));
    return (errors.length > 0 ? errors.slice(0, 3).join(' ') : said.trim()) || 'it ended without a word.';
  }
}

const unavailable = (problem: string): TriagedError =>
  new TriagedError(
    'RUNTIME_UNAVAILABLE',
    `${problem} Check that the npm registry is reachable, put the CLI on the server's PATH, or run with RUNTIME=docker.`,
  );

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function linkProgram(link: string, target: string): Promise<void> {
  await mkdir(path.dirname(link), { recursive: true });
  await symlink(target, link);
}

async function installedVersion(home: string, name: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(home, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { readonly version?: string }).version;
  } catch {
    return undefined;
  }
}

async function findNpm(searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(path.delimiter)) {
    const file = path.join(folder, 'npm');
    if (folder !== '' && (await isExecutable(file))) return file;
  }
  return undefined;
}
