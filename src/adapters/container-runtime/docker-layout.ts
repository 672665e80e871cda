import type { RunLayout } from '../../ports/container-runtime.js';

/** The image's contract; agent-image/README.md lists it. */
export const AGENT_UID = 10_001;
export const AGENT_GID = 10_001;

const HOME = '/home/agent';
/** What the agents' programs write to in their home; not the whole home, which holds the image's context files. */
export const STATE_FOLDERS = [
  `${HOME}/.cache`,
  `${HOME}/.local`,
  `${HOME}/.claude`,
  `${HOME}/.codex`,
  `${HOME}/.gemini`,
  `${HOME}/.config/opencode`,
  `${HOME}/.agents`,
] as const;

export const dockerLayout = (configurationFolder: string): RunLayout => ({
  workspace: '/workspace',
  output: '/output',
  home: HOME,
  configurationFolder,
  kubeconfig: '/root/.kube/config',
  runners: '/opt/triaged/runners',
  path: '/usr/local/bin:/usr/bin:/bin',
});
