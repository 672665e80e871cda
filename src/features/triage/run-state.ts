export const OPEN_STATES = ['QUEUED', 'PREPARING', 'RUNNING'] as const;
export const ENDED_STATES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'LOST'] as const;
export const RUN_STATES = [...OPEN_STATES, ...ENDED_STATES] as const;

export type EndedState = (typeof ENDED_STATES)[number];
export type RunState = (typeof RUN_STATES)[number];

export const hasEnded = (state: RunState): state is EndedState => (ENDED_STATES as readonly string[]).includes(state);

/** Why a run did not succeed, and what that means. */
export const RUN_REASONS = {
  AGENT_FAILED: 'The agent exited with a code other than 0, or was ended by a signal.',
  NOTHING_RUN: 'The agent exited with 0, but no model answered it.',
  NO_RESULT: 'The agent exited with 0 without having finished its work.',
  LIMIT_REACHED: "The provider's limit for the key is spent.",
  BUDGET_EXCEEDED: 'A budget of the AI agent, of the run or of the day, is spent; see `setAiAgentLimits`.',
  CALLS_LIMITED: 'Another limit of the AI agent refused its last model call; see `setAiAgentLimits`.',
  PERMISSION_DENIED: 'The agent was refused a tool and left no report.',
  NO_REPORT: 'The agent finished without leaving output/report.json.',
  INVALID_REPORT: 'The report that the agent left breaks its schema; see `reportProblem`.',
  TIMED_OUT: 'The time was up.',
  SILENT: 'For too long the agent printed nothing and had no model call under way.',
  OUT_OF_MEMORY: 'The memory limit was reached.',
  LOG_LIMIT: "The log's limit, or the disk's, was reached.",
  ARTIFACT_LIMIT: 'Workspace and output held more than is kept of a run.',
  LOG_INCOMPLETE: 'A part of the output did not arrive.',
  CHANNEL_LOST: 'The container stopped speaking to the server.',
  CONTAINER_REMOVED: 'The container was removed from outside.',
  CONTAINER_LOST: 'The container was gone when the server came back.',
  SERVER_LOST: 'No server that could go on with it came back in time.',
  CREDENTIAL_UNREADABLE: 'The pinned key cannot be read.',
  CREDENTIAL_REVOKED: 'The key was revoked while the run used it.',
  RUNTIME_UNAVAILABLE: 'The container could not be created or started.',
  INTERNAL: 'The server failed.',
} as const;

export type RunReasonCode = keyof typeof RUN_REASONS;

export interface RunReason {
  readonly code: RunReasonCode;
  readonly message: string;
}
