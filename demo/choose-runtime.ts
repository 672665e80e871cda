import path from 'node:path';
import { lastLines, startLogged, stopChild } from './child.js';
import { DemoFailure } from './demo-failure.js';
import { findDockerEngine } from './docker-engine.js';
import type { DemoOptions } from './options.js';
import type { Progress } from './progress.js';

export interface RuntimeChoice {
  readonly runtime: string;
  readonly dockerHost: string | undefined;
}

/** Docker when an engine answers; else, with the mock only, this machine's own processes, and says so. RUNTIME decides. */
export async function chooseRuntime(options: DemoOptions, progress: Progress): Promise<RuntimeChoice> {
  if (options.runtime !== undefined && options.runtime !== 'docker') {
    progress.loud(`RUNTIME=${options.runtime} was asked for: no container, so the agent is not isolated.`);
    return { runtime: options.runtime, dockerHost: undefined };
  }
  const engine = await findDockerEngine(options.dockerHost);
  if (engine.answers) {
    progress.step(`A Docker engine answers at ${engine.address}: the agent runs in a container.`);
    return { runtime: 'docker', dockerHost: options.dockerHost };
  }
  if (options.runtime === 'docker') {
    throw new DemoFailure(
      `RUNTIME=docker, and no Docker engine answers (${engine.reason}).`,
      'Start Docker, set DOCKER_HOST, or leave RUNTIME out to run without a container.',
    );
  }
  if (options.upstream === 'http') {
    throw new DemoFailure(
      `No Docker engine answers (${engine.reason}), and a real model is not given this machine unasked.`,
      'Start Docker or set DOCKER_HOST. RUNTIME=local runs the agent with your rights and without isolation.',
    );
  }
  progress.loud(`No Docker engine answers (${engine.reason}).`);
  progress.loud('RUNTIME=local: the agent runs as a process of this machine, with NO ISOLATION.');
  return { runtime: 'local', dockerHost: undefined };
}

/** Builds the agent's image; the engine's cache makes this a matter of seconds when nothing changed. */
export async function buildImage(
  root: string,
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const logFile = path.join(options.dataDir, 'image-build.log');
  progress.step('Building the image (npm run image); the first time this takes some minutes.');
  const script = path.join(root, 'scripts', 'image.sh');
  const build = await startLogged('bash', [script], logFile, process.env);
  const stop = () => void stopChild(build, 3000);
  signal.addEventListener('abort', stop);
  const shown = showSteps(logFile, progress);
  const code = await build.ended;
  clearInterval(shown);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code === 0) {
    progress.step('The image is ready.');
    return;
  }
  throw new DemoFailure(
    `The image was not built (${code}). The last lines of ${logFile}:\n${await lastLines(logFile, 15)}`,
    'Mend that and try again, or run without a container: RUNTIME=local npm run demo',
  );
}

/** Every two seconds the build's last line, when it is another one. */
function showSteps(logFile: string, progress: Progress): NodeJS.Timeout {
  let last = '';
  return setInterval(() => {
    void lastLines(logFile, 1).then((line) => {
      const shown = line.replace(/[^\x20-\x7e]/g, '').slice(0, 110);
      progress.note(shown === last ? '  still at it' : `  ${shown}`);
      last = shown;
    });
  }, 2000);
}
