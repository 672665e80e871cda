import type { GraphQLSchema } from 'graphql';
import { reportJsonSchema } from './features/reports/index.js';
import { buildTriagedSchema, printTriagedSchema } from './graphql/index.js';
import { resolverClasses } from './resolvers.js';

/** The schema for looking at: nothing is connected, resolvers are named and never called. */
export const triagedSchema = (): GraphQLSchema =>
  buildTriagedSchema({ resolvers: new Map(resolverClasses.map((resolver) => [resolver, {}])) });

/** The schema as it stands in schema/schema.graphql. */
export const printedSchema = (): string => printTriagedSchema(triagedSchema());

/** The report's schema as it stands in schema/triage-report.schema.json. */
export const printedReportSchema = (): string => `${JSON.stringify(reportJsonSchema(), null, 2)}\n`;
