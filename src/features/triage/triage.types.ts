import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { enumOf } from '../../kernel/enum-of.js';
import { ModelUpstreamKindEnum, type ModelUpstreamKind } from '../../kernel/model-upstream-enum.js';
import { PageType } from '../../kernel/page-type.js';
import { ByteOffset, DateTime } from '../../kernel/scalars.js';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { RunLogEncoding } from '../run-log/index.js';
import { KeyDeliveryEnum } from '../instances/index.js';
import type { KeyDelivery } from '../instances/index.js';
import { TokenUsageType, UsageFiguresType } from '../usage/index.js';
import type { TokenFigures } from '../usage/index.js';
import { RUN_REASONS, RUN_STATES } from './run-state.js';
import type { RunReasonCode, RunState } from './run-state.js';
import type { TriageInput } from './triage-input.js';
import type { RuntimeKind } from './triage-run.entity.js';

export const TriageRunStateEnum = enumOf(RUN_STATES);
export const RunReasonEnum = enumOf(Object.keys(RUN_REASONS) as RunReasonCode[]);
export const RuntimeKindEnum = enumOf<RuntimeKind>(['DOCKER', 'LOCAL', 'FAKE']);
export const RunLogEncodingEnum = enumOf<RunLogEncoding>(['UTF8', 'BASE64']);

registerEnumType(TriageRunStateEnum, {
  name: 'TriageRunState',
  description: 'Where a run stands. The last five are ends; a run has exactly one.',
  valuesConfig: {
    QUEUED: { description: 'Waits for a worker.' },
    PREPARING: { description: 'Its container is being made.' },
    RUNNING: { description: 'The agent works.' },
    SUCCEEDED: { description: 'The agent finished, and all of its output is in the log.' },
    FAILED: { description: 'See `failure`.' },
    TIMED_OUT: { description: 'The time was up.' },
    CANCELLED: { description: 'Ended by cancelTriage.' },
    LOST: { description: 'The container was gone when the server came back.' },
  },
});
registerEnumType(RunReasonEnum, {
  name: 'TriageRunFailureCode',
  description: 'Why a run did not succeed.',
  valuesConfig: Object.fromEntries(Object.entries(RUN_REASONS).map(([code, description]) => [code, { description }])),
});
registerEnumType(RuntimeKindEnum, {
  name: 'RuntimeKind',
  description: 'What ran the agent.',
  valuesConfig: {
    DOCKER: { description: 'A container of its own, without network.' },
    LOCAL: { description: "A process on the server's machine, without isolation." },
    FAKE: { description: 'A scripted agent, for tests.' },
  },
});
registerEnumType(RunLogEncodingEnum, {
  name: 'RunLogEncoding',
  description: 'How bytes become text.',
  valuesConfig: {
    UTF8: { description: 'Cut at character boundaries; invalid bytes show as U+FFFD.' },
    BASE64: { description: 'Exact.' },
  },
});

@ObjectType('TriageRunFailure', { description: 'Why a run did not succeed.' })
export class TriageRunFailureType {
  @Field(() => RunReasonEnum, { description: 'For programs.' }) code!: RunReasonCode;
  @Field(() => String, { description: 'For people: what happened and what to do.' }) message!: string;
}

@ObjectType('TriageRunLog', { description: 'Everything that the agent wrote, byte for byte.' })
export class TriageRunLogType {
  @Field(() => ByteOffset, { description: 'Bytes held so far.' }) bytes!: number;
  @Field(() => Boolean, { description: 'True once the run has ended and no byte is missing.' }) complete!: boolean;
  @Field(() => Boolean, { description: 'True when the log reached its limit.' }) truncated!: boolean;
  @Field(() => Boolean, {
    description:
      'True once the run has ended and its log held secrets, each byte of which is a `*`. `complete` then compares numbers of bytes, and no digest.',
  })
  masked!: boolean;
  @Field(() => String, { description: 'Its name among the artifacts, in `output/`.' }) fileName!: string;
}

@ObjectType('TriageRunUsage', {
  description: "A run's model calls; they appear within a second or two.",
  simpleResolvers: true,
})
export class TriageRunUsageType extends UsageFiguresType {
  @Field(() => TokenUsageType, {
    nullable: true,
    description:
      'What the AI agent itself said at its end that it used; null when it did not. Its word alone, which changes none of the other figures.',
  })
  reported!: TokenFigures | null;
  @Field(() => Float, {
    nullable: true,
    description:
      'By how many percent of the larger figure the AI agent reported more tokens than were counted, or fewer (negative): of input or output, whichever is further off. Null within 1 %, and where the one or the other is not known.',
  })
  drift!: number | null;
}

@ObjectType('RefusedConnection', { description: 'A destination that the agent asked for and was refused.' })
export class RefusedConnectionType {
  @Field(() => String, { description: 'As the agent named it; `?` stands for what is not printable ASCII.' })
  host!: string;
  @Field(() => Int, { nullable: true, description: 'Null when it named none.' }) port!: number | null;
  @Field(() => ByteOffset, { description: 'How often.' }) count!: number;
  @Field(() => DateTime, { description: 'When first.' }) firstAt!: Date;
}

@ObjectType('TriageRunTraffic', { description: 'What went between the agent and its cluster and egress hosts.' })
export class TriageRunTrafficType {
  @Field(() => ByteOffset, { description: 'Connections that were made.' }) connections!: number;
  @Field(() => ByteOffset, { description: 'Bytes that the agent sent.' }) sentBytes!: number;
  @Field(() => ByteOffset, { description: 'Bytes that it received.' }) receivedBytes!: number;
}

@ObjectType('Artifact', { description: 'A file that a run left behind.' })
export class ArtifactType {
  @Field(() => String, { description: '`output/…` or `workspace/…`' }) name!: string;
  @Field(() => ByteOffset, { description: 'Its size.' }) bytes!: number;
  @Field(() => String, {
    description:
      "Where GET gives it, below this server's address, with the same x-api-key; costs a point of the quota.",
  })
  url!: string;
}

@ObjectType('TriageRun', { description: 'One triage of one incident by one AI agent.' })
export class TriageRunType {
  @Field(() => ID, { description: 'UUID v4.' }) id!: string;
  @Field(() => TriageRunStateEnum, { description: 'Where it stands.' }) state!: RunState;
  @Field(() => ID, { description: 'The instance whose configuration and key it uses.' }) instanceId!: string;
  @Field(() => ID, { nullable: true, description: 'The cluster that it may reach; null once that was deleted.' })
  clusterId!: string | null;
  @Field(() => AiAgentEnum, { description: 'Which AI agent.' }) aiAgent!: AiAgent;
  @Field(() => String, { description: 'The model: of the input, else the instance, else the CLI.' }) model!: string;
  @Field(() => String, { description: 'What the agent was asked.' }) prompt!: string;
  @Field(() => String, {
    nullable: true,
    description: 'What stood in place of the generic system prompt, if anything.',
  })
  systemPrompt!: string | null;
  @Field(() => String, { description: 'The incident: a JSON object.' }) incident!: string;
  @Field(() => [String], {
    nullable: true,
    description: "Tools that the agent may use; null for the runner's default.",
  })
  allowedTools!: string[] | null;
  @Field(() => Int, { description: "Time limit, counted from the agent's start." }) timeoutSeconds!: number;
  @Field(() => ByteOffset, { description: 'Memory limit.' }) memoryBytes!: number;
  @Field(() => Boolean, { description: "Whether the agent's session is kept among the artifacts." }) debug!: boolean;
  @Field(() => DateTime, { description: 'When it was asked for.' }) createdAt!: Date;
  @Field(() => DateTime, { nullable: true, description: 'When the agent started.' }) startedAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'When its end was recorded.' }) endedAt!: Date | null;
  @Field(() => DateTime, {
    nullable: true,
    description:
      'Since when its log and artifacts are no longer kept; null while they are. Report, usage and audit trail stay.',
  })
  expiredAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'When its cancellation was first asked for.' })
  cancelRequestedAt!: Date | null;
  @Field(() => Int, { nullable: true, description: "The agent's exit code; null when a signal ended it." })
  exitCode!: number | null;
  @Field(() => TriageRunFailureType, { nullable: true, description: 'Why it did not succeed.' })
  failure!: TriageRunFailureType | null;
  @Field(() => RuntimeKindEnum, { description: 'What runs the agent.' }) runtime!: RuntimeKind;
  @Field(() => ModelUpstreamKindEnum, { description: 'What answers its model calls.' })
  modelUpstream!: ModelUpstreamKind;
  @Field(() => TriageRunUsageType, { description: 'Its model calls.' }) usage!: TriageRunUsageType;
  @Field(() => [String], {
    description: "Hosts that it may reach beside its cluster: the instance's list when the run was asked for.",
  })
  egress!: string[];
  @Field(() => KeyDeliveryEnum, { description: "How its agent came by the provider's key." }) keyDelivery!: KeyDelivery;
  @Field(() => [RefusedConnectionType], {
    description: 'Destinations that it was refused, in the order in which they were first asked for; 100 at most.',
  })
  refusedConnections!: RefusedConnectionType[];
  @Field(() => TriageRunTrafficType, { description: 'Its connections beside model calls.' })
  traffic!: TriageRunTrafficType;
}

@ObjectType('TriageRunPage', { description: "A part of the tenant's runs, newest first.", simpleResolvers: true })
export class TriageRunPageType extends PageType {
  @Field(() => [TriageRunType], { description: 'The runs of this page.' }) items!: TriageRunType[];
}

@InputType('TriageRunFilter', { description: 'Which runs a list holds; all conditions must be met.' })
export class TriageRunFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only runs of this instance, deleted or not.' })
  instanceId?: string | null;
  @Field(() => TriageRunStateEnum, { nullable: true, description: 'Only runs that stand so.' })
  state?: RunState | null;
  @Field(() => AiAgentEnum, { nullable: true, description: 'Only runs of this AI agent.' })
  aiAgent?: AiAgent | null;
  @Field(() => ID, {
    nullable: true,
    description: 'Only runs that may reach this cluster, which must be registered: a deleted one is on no run.',
  })
  clusterId?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Only runs asked for at this instant or later.' })
  from?: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'Only runs asked for before this instant.' })
  to?: Date | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Only runs whose prompt holds this text, in capitals or not, or whose id begins so: 1 to 200 characters.',
  })
  search?: string | null;
}

@ObjectType('RunLogChunk', { description: 'A piece of the log; the pieces of one subscription follow without a gap.' })
export class RunLogChunkType {
  @Field(() => ByteOffset, { description: 'Where it begins.' }) offset!: number;
  @Field(() => ByteOffset, { description: 'Where the next begins; resume here.' }) nextOffset!: number;
  @Field(() => String, { description: 'The bytes, encoded.' }) data!: string;
  @Field(() => RunLogEncodingEnum, { description: 'How they are encoded.' }) encoding!: RunLogEncoding;
}

@InputType('StartTriageInput', { description: 'A triage.' })
export class StartTriageInput implements TriageInput {
  @Field(() => ID, { description: 'A running instance.' }) instanceId!: string;
  @Field(() => ID, {
    nullable: true,
    description: 'A registered cluster, which the agent may then reach with kubectl; left out: none.',
  })
  clusterId?: string | null;
  @Field(() => AiAgentEnum, { defaultValue: 'CLAUDE_CODE', description: 'Which AI agent.' }) aiAgent!: AiAgent;
  @Field(() => String, { nullable: true, description: "Left out: the instance's model, else the CLI's default." })
  model?: string | null;
  @Field(() => String, { description: 'What to ask: 1 to 10,000 characters.' }) prompt!: string;
  @Field(() => String, {
    nullable: true,
    description:
      'Takes the place of the generic system prompt: 1 to 10,000 characters. The form of the report is asked for all the same.',
  })
  systemPrompt?: string | null;
  @Field(() => String, { description: 'The incident: a JSON object as text, 256 KiB at most.' }) incident!: string;
  @Field(() => [String], {
    nullable: true,
    description: 'Claude Code alone: tools such as `Read` or `Bash(kubectl get:*)`; 64 at most.',
  })
  allowedTools?: string[] | null;
  @Field(() => Int, { nullable: true, description: '1 to 86400; 600 unless the server is set otherwise.' })
  timeoutSeconds?: number | null;
  @Field(() => String, { nullable: true, description: '`64m` to `64g`; `2g` unless the server is set otherwise.' })
  memory?: string | null;
  @Field(() => Boolean, { defaultValue: false, description: "Keeps the agent's session among the artifacts." })
  debug?: boolean;
  @Field(() => String, {
    nullable: true,
    description:
      'Asked again with the same key and input, the first run is given; with another input, IDEMPOTENCY_CONFLICT.',
  })
  idempotencyKey?: string | null;
}
