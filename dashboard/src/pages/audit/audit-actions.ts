import type { AuditAction } from '../../../../sdk/src/generated/graphql.js';

const ALL: Readonly<Record<AuditAction, true>> = {
  AGENT_CREATED: true,
  AGENT_DELETED: true,
  AGENT_UPDATED: true,
  AI_AGENT_CONFIGURED: true,
  AI_AGENT_LIMITS_SET: true,
  AI_AGENT_LIMIT_REACHED: true,
  AI_AGENT_REMOVED: true,
  CLUSTER_CHECKED: true,
  CLUSTER_CREDENTIAL_DESTROYED: true,
  CLUSTER_DELETED: true,
  CLUSTER_REGISTERED: true,
  CLUSTER_UPDATED: true,
  CONNECTION_TESTED: true,
  CREDENTIAL_CREATED: true,
  CREDENTIAL_DESTROYED: true,
  CREDENTIAL_RETIRED: true,
  CREDENTIAL_REVOKED: true,
  CREDENTIAL_ROTATED: true,
  EXECUTION_STARTED: true,
  INSTANCE_CREATED: true,
  INSTANCE_DELETED: true,
  INSTANCE_RESTARTED: true,
  INSTANCE_STARTED: true,
  INSTANCE_STOPPED: true,
  INSTANCE_UPDATED: true,
  RUN_CANCELLED: true,
  RUN_STARTED: true,
  TOOL_CREATED: true,
  TOOL_DELETED: true,
  TOOL_UPDATED: true,
};

/** Every action, by its name. */
export const AUDIT_ACTIONS = Object.keys(ALL) as readonly AuditAction[];
