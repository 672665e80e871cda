import 'reflect-metadata';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';
import { specifiedDirectives } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import type { NonEmptyArray, PubSub, ResolverData } from 'type-graphql';
import type { Role } from '../kernel/actor.js';
import { ERROR_CODES } from '../kernel/error-codes.js';
import type { GraphQLContext } from '../kernel/graphql-context.js';
import { assertEveryRootFieldBearsAuth, assertRole, authDirective } from './auth-directive.js';

/** A resolver's class. */
export type ResolverClass = abstract new (...dependencies: never[]) => object;

const refuse = (): never => {
  throw new Error('Subscriptions bring their own `subscribe`; topics are not used.');
};
/** type-graphql wants one as soon as there is a subscription. */
const noPubSub: PubSub = { publish: refuse, subscribe: refuse };

/**
 * Builds the schema from resolver classes and the instances that serve them. Throws when a root field bears no `@Auth`,
 * so that what was forgotten is closed, not open.
 */
export function buildTriagedSchema(options: { readonly resolvers: ReadonlyMap<ResolverClass, object> }): GraphQLSchema {
  const { resolvers } = options;
  const [first, ...others] = resolvers.keys();
  if (!first) throw new Error('A schema needs at least one resolver.');
  const classes: NonEmptyArray<ResolverClass> = [first, ...others];
  const schema = buildSchemaSync({
    resolvers: classes,
    container: { get: (resolver: ResolverClass) => resolvers.get(resolver) },
    directives: [...specifiedDirectives, authDirective],
    // An arrow, because type-graphql takes a plain function for a class.
    authChecker: ({ context }: ResolverData<Partial<GraphQLContext>>, roles: Role[]) => {
      assertRole(context.actor, roles);
      return true;
    },
    pubSub: noPubSub,
    validate: false,
  });
  assertEveryRootFieldBearsAuth(schema);
  schema.description = errorContract();
  return schema;
}

const errorContract = (): string =>
  [
    'Every error bears a code in `extensions.code` and `extensions.error_code`, `extensions.details`, and a message that says',
    'what to do. When every root field failed, the HTTP status is that of the first error; partial data is 200.',
    '',
    ...Object.entries(ERROR_CODES).map(
      ([code, { status, meaning, remedy }]) => `- \`${code}\` (${status}): ${meaning} ${remedy}`,
    ),
  ].join('\n');

/** The schema as SDL, `@auth` included, ending in a newline. */
export const printTriagedSchema = (schema: GraphQLSchema): string => `${printSchemaWithDirectives(schema).trimEnd()}\n`;
