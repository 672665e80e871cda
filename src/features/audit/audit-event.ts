import type { Role } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { AgentId, AuditEventId, ClusterId, InstanceId, RunId, ToolId } from '../../kernel/ids.js';

/** What was done; the meanings are printed with the schema. */
export const AUDIT_ACTIONS = {
  INSTANCE_CREATED: 'An instance was created.',
  INSTANCE_UPDATED: 'An instance was renamed, or its egress list or another setting was changed.',
  INSTANCE_STARTED: 'An instance was started, and what was configured was pinned.',
  INSTANCE_STOPPED: 'An instance was stopped.',
  INSTANCE_RESTARTED: 'A running instance was pinned anew.',
  INSTANCE_DELETED: 'An instance was deleted.',
  AI_AGENT_CONFIGURED: 'A revision of the configuration of an AI agent was saved.',
  AI_AGENT_REMOVED: 'An AI agent was removed from its instance.',
  AI_AGENT_LIMITS_SET: "An AI agent's limits were changed.",
  AI_AGENT_LIMIT_REACHED:
    'One of its limits refused model calls of an AI agent: told once in each window of the limit, and once for each run.',
  CONNECTION_TESTED: "An AI agent's connection to its provider was tested.",
  CREDENTIAL_CREATED: 'The first key of an AI agent was stored.',
  CREDENTIAL_ROTATED: 'A new key was stored in place of the one before; the version is the new one.',
  CREDENTIAL_RETIRED: 'The active key of what was removed serves from now on only what has pinned it.',
  CREDENTIAL_REVOKED: 'A key was revoked.',
  CREDENTIAL_DESTROYED: 'The sealed key of a version that is used no more was destroyed.',
  CLUSTER_REGISTERED: 'A cluster was registered.',
  CLUSTER_UPDATED: 'A cluster was renamed or given another kubeconfig.',
  CLUSTER_CHECKED: 'A cluster was asked again what its credential may do.',
  CLUSTER_DELETED: 'A cluster was deleted.',
  CLUSTER_CREDENTIAL_DESTROYED:
    'The sealed credential that was replaced while runs used it was destroyed after their end.',
  AGENT_CREATED: 'An agent of the platform was created.',
  AGENT_UPDATED: 'An agent of the platform was changed, or given other tools.',
  AGENT_DELETED: 'An agent of the platform was deleted.',
  TOOL_CREATED: 'A tool was created.',
  TOOL_UPDATED: 'A tool was changed.',
  TOOL_DELETED: 'A tool was deleted.',
  RUN_STARTED: 'A triage run was queued.',
  RUN_CANCELLED: 'The end of a triage run was asked for.',
  EXECUTION_STARTED:
    "An agent was given a task with the key of an instance's AI agent; the execution that it names is kept when the model answers.",
} as const satisfies Record<string, string>;

export type AuditAction = keyof typeof AUDIT_ACTIONS;

type Of<Pattern extends string> = Extract<AuditAction, Pattern>;

interface OnAiAgent {
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
}

interface OnCredential extends OnAiAgent {
  readonly credentialVersion: number;
}

/** With the credential that the run was given. */
interface OnRun extends OnCredential {
  readonly runId: RunId;
  readonly clusterId: ClusterId | null;
}

/** Which actions bear which subjects. */
type Subject =
  | { readonly action: Of<`INSTANCE_${string}`>; readonly instanceId: InstanceId }
  | ({ readonly action: Exclude<Of<`AI_AGENT_${string}`>, 'AI_AGENT_LIMIT_REACHED'> } & OnAiAgent)
  | ({ readonly action: 'AI_AGENT_LIMIT_REACHED'; readonly runId: RunId | null } & OnAiAgent)
  | ({ readonly action: Of<`CREDENTIAL_${string}` | 'CONNECTION_TESTED'> } & OnCredential)
  | ({ readonly action: Of<`EXECUTION_${string}`>; readonly agentId: AgentId } & OnCredential)
  | { readonly action: Of<`CLUSTER_${string}`>; readonly clusterId: ClusterId; readonly credentialVersion: number }
  | { readonly action: Of<`AGENT_${string}`>; readonly agentId: AgentId }
  | { readonly action: Of<`TOOL_${string}`>; readonly toolId: ToolId }
  | ({ readonly action: Of<`RUN_${string}`> } & OnRun);

/**
 * Something that an actor did. `details` says in a few words what the subjects do not, such as the name of what is deleted;
 * never a secret, a prompt or an incident.
 */
export type AuditEvent = Subject & { readonly details?: Readonly<Record<string, string>> };

/** An event as it was kept. What it names may have been deleted since. */
export interface RecordedEvent {
  readonly id: AuditEventId;
  readonly createdAt: Date;
  readonly action: AuditAction;
  /** Null when the server itself acted. */
  readonly keyId: string | null;
  readonly role: Role | null;
  readonly clientAddress: string | null;
  readonly instanceId: InstanceId | null;
  readonly aiAgent: AiAgent | null;
  readonly credentialVersion: number | null;
  readonly clusterId: ClusterId | null;
  readonly runId: RunId | null;
  readonly agentId: AgentId | null;
  readonly toolId: ToolId | null;
  readonly details: Readonly<Record<string, string>>;
}
