import type { ResolverClass } from './graphql/index.js';
import { AgentResolver } from './features/agents/index.js';
import { ExecutionResolver } from './features/executions/index.js';
import { InstanceResolver } from './features/instances/index.js';
import { ToolResolver } from './features/tools/index.js';
import { UsageResolver } from './features/usage/index.js';

/** Every resolver of the schema; the one list behind what is served and what is printed. */
export const resolverClasses: readonly ResolverClass[] = [
  ToolResolver,
  AgentResolver,
  ExecutionResolver,
  InstanceResolver,
  UsageResolver,
];

/** The instance that serves each class. Throws when one is missing or is not listed above. */
export function resolverMap(instances: readonly object[]): ReadonlyMap<ResolverClass, object> {
  const served = instances.map((instance) => [instance.constructor as unknown as ResolverClass, instance] as const);
  const map = new Map<ResolverClass, object>(served);
  const missing = resolverClasses.filter((resolver) => !map.has(resolver));
  const unlisted = [...map.keys()].filter((resolver) => !resolverClasses.includes(resolver));
  const names = (classes: readonly ResolverClass[]): string => classes.map(({ name }) => name).join(', ') || 'none';
  if (missing.length + unlisted.length > 0)
    throw new Error(
      `Resolvers without an instance: ${names(missing)}; not listed in src/resolvers.ts: ${names(unlisted)}.`,
    );
  return map;
}
