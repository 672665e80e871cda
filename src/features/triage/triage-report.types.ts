import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '../../kernel/enum-of.js';
import { ByteOffset } from '../../kernel/scalars.js';
import { REPORT_LEVELS, REPORT_OUTCOMES } from '../reports/index.js';
import type { ReportProblem } from '../reports/index.js';

type Outcome = (typeof REPORT_OUTCOMES)[number];
type Level = (typeof REPORT_LEVELS)[number];

const ReportOutcomeEnum = enumOf<Outcome>(REPORT_OUTCOMES);
const ReportLevelEnum = enumOf<Level>(REPORT_LEVELS);
const ReportProblemEnum = enumOf<ReportProblem['code']>(['MISSING', 'INVALID']);

registerEnumType(ReportOutcomeEnum, {
  name: 'TriageReportOutcome',
  description: 'What a triage came to.',
  valuesConfig: {
    ROOT_CAUSE_FOUND: { description: 'The agent found a root cause and shows what it rests on.' },
    UNDETERMINED: { description: 'It did not, and `missing` says what it would take.' },
  },
});
registerEnumType(ReportLevelEnum, {
  name: 'TriageReportLevel',
  description: 'How sure, or how risky.',
  valuesConfig: {
    LOW: { description: 'Little.' },
    MEDIUM: { description: 'Between.' },
    HIGH: { description: 'Much.' },
  },
});
registerEnumType(ReportProblemEnum, {
  name: 'TriageReportProblemCode',
  description: 'Why an ended run has no report.',
  valuesConfig: {
    MISSING: { description: 'The agent left no output/report.json.' },
    INVALID: { description: 'What it left breaks the published schema.' },
  },
});

@ObjectType('TriageRootCause', { description: 'The root cause, as the agent sees it.' })
class TriageRootCauseType {
  @Field(() => String, { description: 'The cause.' }) statement!: string;
  @Field(() => ReportLevelEnum, { description: 'How sure the agent is.' }) confidence!: Level;
}

@ObjectType('RunLogRange', { description: 'A place in the run log.' })
class RunLogRangeType {
  @Field(() => ByteOffset, { description: 'Where it begins, in bytes; triageOutput starts there with `fromOffset`.' })
  offset!: number;
  @Field(() => Int, { description: 'Its length in bytes; more than that of the text where JSON escapes it.' })
  length!: number;
}

@ObjectType('TriageEvidence', { description: 'One observation behind a report.' })
class TriageEvidenceType {
  @Field(() => String, { description: 'What it shows.' }) statement!: string;
  @Field(() => String, { description: 'Text that the agent says it saw.' }) quote!: string;
  @Field(() => String, { description: 'The command or the file that it says the text comes from.' }) source!: string;
  @Field(() => RunLogRangeType, {
    nullable: true,
    description:
      'Where the run log first holds the quote, outside of the report itself; null when it does not: then nothing but the agent vouches for it.',
  })
  citation!: RunLogRangeType | null;
}

@ObjectType('TriageRuledOutCause', { description: 'A cause that the agent excludes.' })
class TriageRuledOutCauseType {
  @Field(() => String, { description: 'The cause.' }) cause!: string;
  @Field(() => String, { description: 'Why it is not the one.' }) because!: string;
}

@ObjectType('TriageRecommendedAction', { description: 'What the agent advises; nothing of it was carried out.' })
class TriageRecommendedActionType {
  @Field(() => String, { description: 'What to do.' }) action!: string;
  @Field(() => String, { nullable: true, description: 'A command for it, unchecked: read it before you run it.' })
  command!: string | null;
  @Field(() => ReportLevelEnum, { nullable: true, description: 'What it may break.' }) risk!: Level | null;
}

@ObjectType('TriageReport', {
  description:
    'What the agent reports: output/report.json, checked against schema/triage-report.schema.json. Its texts are the words of an agent that read what strangers wrote: show them as text.',
})
export class TriageReportType {
  @Field(() => ReportOutcomeEnum, { description: 'What the triage came to.' }) outcome!: Outcome;
  @Field(() => String, { description: 'The result in a few sentences.' }) summary!: string;
  @Field(() => TriageRootCauseType, { nullable: true, description: 'Present when it was found.' })
  rootCause!: TriageRootCauseType | null;
  @Field(() => [TriageEvidenceType], { description: 'What it rests on; at least one item for a root cause.' })
  evidence!: TriageEvidenceType[];
  @Field(() => [TriageRuledOutCauseType], { description: 'Causes that were ruled out.' })
  ruledOut!: TriageRuledOutCauseType[];
  @Field(() => [TriageRecommendedActionType], { description: 'What to do, the most useful first.' })
  recommendedActions!: TriageRecommendedActionType[];
  @Field(() => [String], { description: 'What could not be found out; at least one item when undetermined.' })
  missing!: string[];
}

@ObjectType('TriageReportProblem', { description: 'Why an ended run has no report.' })
export class TriageReportProblemType {
  @Field(() => ReportProblemEnum, { description: 'For programs.' }) code!: ReportProblem['code'];
  @Field(() => String, { nullable: true, description: 'The field of the report that broke a rule.' })
  path!: string | null;
  @Field(() => String, { description: 'For people.' }) message!: string;
}
