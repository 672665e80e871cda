import { z } from 'zod';

export const REPORT_OUTCOMES = ['ROOT_CAUSE_FOUND', 'UNDETERMINED'] as const;
export const REPORT_LEVELS = ['LOW', 'MEDIUM', 'HIGH'] as const;

export const MAX_REPORT_ITEMS = 50;

const isLength = (value: string, max: number): boolean => {
  const length = value.length > 2 * max ? value.length : Array.from(value).length;
  return length >= 1 && length <= max;
};

/** Characters are code points, as JSON Schema counts them. What Postgres cannot hold in JSON is refused. */
const text = (max: number, description: string) =>
  z
    .string()
    .regex(/\S/, 'must not be empty or blank')
    .refine((value) => isLength(value, max), `must have 1 to ${max} characters`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be well-formed Unicode without NUL')
    .meta({ minLength: 1, maxLength: max, description });

const level = (description: string) => z.enum(REPORT_LEVELS).meta({ description });

const evidence = z.object({
  statement: text(1000, 'What it shows.'),
  quote: text(500, 'Text that the agent saw, copied exactly; looked up in the log.'),
  source: text(500, 'The command that printed it, or the file that holds it.'),
});

const ruledOut = z.object({
  cause: text(1000, 'A cause that was considered.'),
  because: text(1000, 'Why it is not the one.'),
});

const recommendedAction = z.object({
  action: text(1000, 'What a person should do.'),
  command: text(2000, 'A command that does it.').nullish(),
  risk: level('What it may break.').nullish(),
});

const missing = text(1000, 'What could not be found out, and what it would take.');

const common = {
  schemaVersion: z.literal(1).meta({ description: 'The version of this form.' }),
  summary: text(2000, 'The result in a few sentences, for somebody who reads nothing else.'),
  ruledOut: z.array(ruledOut).max(MAX_REPORT_ITEMS).default([]).meta({ description: 'Causes that were ruled out.' }),
  recommendedActions: z
    .array(recommendedAction)
    .max(MAX_REPORT_ITEMS)
    .default([])
    .meta({ description: 'What to do, the most useful first.' }),
};

const found = z.object({
  ...common,
  outcome: z.literal('ROOT_CAUSE_FOUND').meta({ description: 'The root cause is known.' }),
  rootCause: z.object({
    statement: text(2000, 'The root cause.'),
    confidence: level('How sure the agent is.'),
  }),
  evidence: z.array(evidence).min(1).max(MAX_REPORT_ITEMS).meta({ description: 'What shows the root cause.' }),
  missing: z.array(missing).max(MAX_REPORT_ITEMS).default([]).meta({ description: 'What would make it surer.' }),
});

const undetermined = z.object({
  ...common,
  outcome: z.literal('UNDETERMINED').meta({ description: 'The root cause could not be found out.' }),
  rootCause: z.null().optional().meta({ description: 'Left out.' }),
  evidence: z.array(evidence).max(MAX_REPORT_ITEMS).default([]).meta({ description: 'What is known all the same.' }),
  missing: z.array(missing).min(1).max(MAX_REPORT_ITEMS).meta({ description: 'Why the root cause stays open.' }),
});

/**
 * What an agent leaves as `output/report.json`: the only definition; schema/triage-report.schema.json is made from it.
 * Fields that it does not know are dropped. All texts are the agent's, and so may be a stranger's: data, never markup.
 */
export const triageReport = z.discriminatedUnion('outcome', [found, undetermined]);

export type TriageReport = z.output<typeof triageReport>;

/** The published JSON Schema (draft 2020-12) of the report. */
export function reportJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(triageReport, { io: 'input' });
  return {
    $schema,
    title: 'Triage report',
    description: 'What an AI agent leaves as /output/report.json when it has triaged an incident.',
    ...schema,
  };
}
