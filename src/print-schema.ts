import { reportJsonSchema } from './features/reports/index.js';
import { buildTriagedSchema, printTriagedSchema } from './graphql/index.js';
import { resolverClasses } from './resolvers.js';

/** The schema as it stands in schema/schema.graphql. Nothing is connected: resolvers are named, never called. */
export const printedSchema = (): string =>
  printTriagedSchema(buildTriagedSchema({ resolvers: new Map(resolverClasses.map((resolver) => [resolver, {}])) }));

/** The report's schema as it stands in schema/triage-report.schema.json. */
export const printedReportSchema = (): string => `${JSON.stringify(reportJsonSchema(), null, 2)}\n`;
