import path from 'node:path';
import type { Logger } from 'pino';
import { DockerRuntime } from '../adapters/container-runtime/docker-runtime.js';
import { FakeRuntime } from '../adapters/container-runtime/fake-runtime.js';
import { LocalRuntime } from '../adapters/container-runtime/local-runtime.js';
import type { Config } from '../config/index.js';
import type { ContainerRuntime } from '../ports/container-runtime.js';

/** The checkout or installation: `dist/src/composition` lies three folders below it. */
export const installation = path.resolve(import.meta.dirname, '../../..');

/** `auto` is Docker: without an engine, runs are refused with a message that says what to do. */
export function createRuntime(config: Config, runGroup: string, logger: Logger): ContainerRuntime {
  switch (config.runtime) {
    case 'auto':
    case 'docker':
      return new DockerRuntime({ dockerHost: config.dockerHost, image: config.agentImage, runGroup, logger });
    case 'local':
      return new LocalRuntime({
        dataDirectory: config.runDir,
        runnersDirectory: path.join(installation, 'runners'),
        initEntry: path.join(installation, 'dist/agent-image/triaged-init/main.js'),
        versionsFile: path.join(installation, 'agent-image/versions.env'),
        searchPath: config.searchPath,
        npmEnvironment: config.npmEnvironment,
        logger,
      });
    case 'fake':
      return new FakeRuntime();
  }
}
