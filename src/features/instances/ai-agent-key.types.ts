import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import { make } from '../../kernel/make.js';
import { DateTime } from '../../kernel/scalars.js';
import type { CredentialState, CredentialVersion } from '../credentials/index.js';
import { CredentialStateEnum } from './instance.types.js';

@ObjectType('Credential', { description: "A version of an AI agent's API key. The key itself is never shown." })
export class CredentialType {
  @Field(() => Int, { description: 'Counted from 1 for each AI agent of an instance.' })
  version!: number;

  @Field(() => CredentialStateEnum, { description: 'What it is good for.' })
  state!: CredentialState;

  @Field(() => String, { description: 'Equal for equal keys of the tenant; tells nothing of the key.' })
  fingerprint!: string;

  @Field(() => String, { nullable: true, description: "The key's last four characters; null for keys under 16." })
  keyLastFour!: string | null;

  @Field(() => DateTime, { description: 'When it was stored.' })
  createdAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'Readable prefix of the API key that stored it; null for what was stored before that was kept.',
  })
  createdBy!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the next version was stored.' })
  rotatedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was revoked.' })
  revokedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the sealed key was destroyed: at once when it is revoked; when it is rotated, as soon as no instance has pinned it and no run uses it.',
  })
  destroyedAt!: Date | null;
}

@InputType('RotateAiAgentKeyInput', { description: 'A new API key for an AI agent that has one.' })
export class RotateAiAgentKeyInput {
  @Field(() => ID, { description: 'The instance.' })
  instanceId!: string;

  @Field(() => AiAgentEnum, { defaultValue: 'CLAUDE_CODE', description: 'Which AI agent.' })
  aiAgent!: AiAgent;

  @Field(() => String, { description: "The provider's API key, 8 to 512 printable ASCII characters." })
  apiKey!: string;
}

@InputType('RevokeAiAgentKeyInput', { description: 'A version of an API key that must serve nothing any more.' })
export class RevokeAiAgentKeyInput {
  @Field(() => ID, { description: 'The instance.' })
  instanceId!: string;

  @Field(() => AiAgentEnum, { defaultValue: 'CLAUDE_CODE', description: 'Which AI agent.' })
  aiAgent!: AiAgent;

  @Field(() => Int, { nullable: true, description: 'Which version; left out, the active one.' })
  version?: number | null;
}

export const credentialType = ({ lastFour, ...version }: CredentialVersion): CredentialType =>
  make(CredentialType, {
    version: version.version,
    state: version.state,
    fingerprint: version.fingerprint,
    keyLastFour: lastFour,
    createdAt: version.createdAt,
    createdBy: version.createdBy,
    rotatedAt: version.rotatedAt,
    revokedAt: version.revokedAt,
    destroyedAt: version.destroyedAt,
  });
