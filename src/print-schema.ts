import { buildTriagedSchema, printTriagedSchema } from './graphql/index.js';
import { resolverClasses } from './resolvers.js';

/** The schema as it stands in schema/schema.graphql. Nothing is connected: resolvers are named, never called. */
export const printedSchema = (): string =>
  printTriagedSchema(buildTriagedSchema({ resolvers: new Map(resolverClasses.map((resolver) => [resolver, {}])) }));
