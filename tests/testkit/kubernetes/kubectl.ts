import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The host's kubectl with a kubeconfig in a folder of its own, which is also kubectl's home. */
export interface Kubectl {
  readonly kubeconfigPath: string;
  (...args: string[]): Promise<Outcome>;
  remove(): Promise<void>;
}

/** Resolves with what a program printed and its exit code, whatever that is. */
export function runProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : 128) : 0, stdout, stderr });
    });
  });
}

export async function createKubectl(kubeconfig: string): Promise<Kubectl> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kubectl-'));
  const kubeconfigPath = path.join(folder, 'config');
  await writeFile(kubeconfigPath, kubeconfig, { mode: 0o600 });
  const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfigPath, TZ: 'UTC' };
  const kubectl = (...args: string[]) => runProgram('kubectl', args, env);
  return Object.assign(kubectl, { kubeconfigPath, remove: () => rm(folder, { recursive: true, force: true }) });
}
