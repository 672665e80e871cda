import type { ResolverClass } from './graphql/index.js';
import { AgentResolver } from './features/agents/index.js';
import { AuditResolver } from './features/audit/index.js';
import { ClusterResolver } from './features/clusters/index.js';
import { ConnectionTestResolver } from './features/connection-tests/index.js';
import { ExecutionResolver } from './features/executions/index.js';
import { AiAgentKeyResolver, InstanceAiAgentResolver, InstanceResolver } from './features/instances/index.js';
import { LimitsResolver } from './features/limits/index.js';
import { ActorResolver } from './features/tenants/index.js';
import { ToolResolver } from './features/tools/index.js';
import {
  createTriageSubscriptionResolver,
  InstanceEnvironmentResolver,
  TriageResolver,
  TriageRunResolver,
} from './features/triage/index.js';
import { createUsageSubscriptionResolver, UsageResolver } from './features/usage/index.js';

/** Every resolver of the schema; the one list behind what is served and what is printed. */
export const resolverClasses: readonly ResolverClass[] = [
  ActorResolver,
  ToolResolver,
  AgentResolver,
  ExecutionResolver,
  InstanceResolver,
  AiAgentKeyResolver,
  ConnectionTestResolver,
  InstanceAiAgentResolver,
  InstanceEnvironmentResolver,
  LimitsResolver,
  ClusterResolver,
  UsageResolver,
  AuditResolver,
  TriageResolver,
  TriageRunResolver,
  // They describe the fields; the classes that serve them are made with their streams.
  createTriageSubscriptionResolver(),
  createUsageSubscriptionResolver(),
];

/** The instance that serves each class. Throws when one is missing or is not listed above, by name. */
export function resolverMap(instances: readonly object[]): ReadonlyMap<ResolverClass, object> {
  const served = instances.map((instance) => [instance.constructor as unknown as ResolverClass, instance] as const);
  const listed = new Set(resolverClasses.map(({ name }) => name));
  const given = new Set(served.map(([{ name }]) => name));
  const missing = [...listed].filter((name) => !given.has(name));
  const unlisted = [...given].filter((name) => !listed.has(name));
  if (missing.length + unlisted.length > 0) {
    throw new Error(
      `Resolvers without an instance: ${missing.join(', ') || 'none'}; not listed in src/resolvers.ts: ${unlisted.join(', ') || 'none'}.`,
    );
  }
  return new Map<ResolverClass, object>(served);
}
