import { DirectiveLocation, GraphQLDirective, GraphQLEnumType, GraphQLNonNull } from 'graphql';
import type { GraphQLField, GraphQLSchema } from 'graphql';
import { roleIncludes } from '../kernel/actor.js';
import type { Actor, Role } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';

const roleType = new GraphQLEnumType({
  name: 'Role',
  description: 'What the holder of an API key may do. Each role includes the next.',
  values: {
    ADMIN: { description: 'Instances, credentials, limits, connection tests, clusters and the audit trail.' },
    OPERATOR: { description: 'Tools, agents, agent executions and triage runs.' },
    VIEWER: { description: 'Reads.' },
  } satisfies Record<Role, { description: string }>,
});

/** `@auth(requires: ROLE)`: what a field asks for. Enforced at run time by the auth checker, over HTTP and sockets. */
export const authDirective = new GraphQLDirective({
  name: 'auth',
  description: 'The role that an API key needs for this field.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { requires: { type: new GraphQLNonNull(roleType), description: 'The least role that suffices.' } },
});

/** Throws UNAUTHENTICATED without an actor, FORBIDDEN when the actor's role does not include a required one. */
export function assertRole(actor: Actor | undefined, required: readonly Role[]): void {
  if (!actor) throw new TriagedError('UNAUTHENTICATED', 'Send a valid API key in the header x-api-key.');
  const missing = required.find((role) => !roleIncludes(actor.role, role));
  if (!missing) return;
  throw new TriagedError('FORBIDDEN', `This needs an API key with the role ${missing}; yours has ${actor.role}.`, {
    required: missing,
    role: actor.role,
  });
}

const bearsAuth = (field: GraphQLField<unknown, unknown>): boolean =>
  field.astNode?.directives?.some((directive) => directive.name.value === authDirective.name) ?? false;

/** Throws, naming them, when fields of Query, Mutation or Subscription do not say whom they serve. */
export function assertEveryRootFieldBearsAuth(schema: GraphQLSchema): void {
  const open = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    type
      ? Object.values(type.getFields())
          .filter((field) => !bearsAuth(field))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  if (open.length > 0) throw new Error(`These fields need @Auth('ADMIN' | 'OPERATOR' | 'VIEWER'): ${open.join(', ')}`);
}
