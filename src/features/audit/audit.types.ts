import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { enumOf } from '../../kernel/enum-of.js';
import { PageType } from '../../kernel/page-type.js';
import { DateTime } from '../../kernel/scalars.js';
import { AUDIT_ACTIONS } from './audit-event.js';
import type { AuditAction } from './audit-event.js';

const AuditActionEnum = enumOf(Object.keys(AUDIT_ACTIONS) as AuditAction[]);

registerEnumType(AuditActionEnum, {
  name: 'AuditAction',
  description: 'What was done.',
  valuesConfig: Object.fromEntries(
    Object.entries(AUDIT_ACTIONS).map(([action, description]) => [action, { description }]),
  ),
});

@ObjectType('AuditDetail', { description: 'Something more about an audit event.', simpleResolvers: true })
export class AuditDetailType {
  @Field(() => String, { description: 'What it is: `name`, `egress`, `revision` and the like.' })
  name!: string;

  @Field(() => String, { description: 'Its value; lists are separated by spaces.' })
  value!: string;
}

@ObjectType('AuditEvent', {
  description: 'Something that was done. Never changed or deleted; what it names may have been deleted since.',
  simpleResolvers: true,
})
export class AuditEventType {
  @Field(() => ID, { description: 'UUID v7.' })
  id!: string;

  @Field(() => DateTime, { description: "When, by the database's clock." })
  at!: Date;

  @Field(() => AuditActionEnum, { description: 'What was done.' })
  action!: AuditAction;

  @Field(() => String, {
    nullable: true,
    description: 'The readable prefix of the API key that did it; null when the server itself did.',
  })
  keyId!: string | null;

  @Field(() => String, { nullable: true, description: "The key's role at that time: ADMIN, OPERATOR or VIEWER." })
  role!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The IP address at the other end of the connection: behind a proxy, the proxy's.",
  })
  clientAddress!: string | null;

  @Field(() => ID, { nullable: true, description: 'The instance that it was done to, or on.' })
  instanceId!: string | null;

  @Field(() => AiAgentEnum, { nullable: true, description: 'The AI agent of the instance.' })
  aiAgent!: AiAgent | null;

  @Field(() => Int, {
    nullable: true,
    description: "The version of the AI agent's key, or of the cluster's credential.",
  })
  credentialVersion!: number | null;

  @Field(() => ID, { nullable: true, description: 'The cluster that it was done to, or that the run may reach.' })
  clusterId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The triage run.' })
  runId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The agent of the platform.' })
  agentId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The tool.' })
  toolId!: string | null;

  @Field(() => [AuditDetailType], { description: 'What more there is to say. Never a secret.' })
  details!: AuditDetailType[];
}

@ObjectType('AuditEventPage', {
  description: "A part of the tenant's audit trail, newest first.",
  simpleResolvers: true,
})
export class AuditEventPageType extends PageType {
  @Field(() => [AuditEventType], { description: 'The events of this page.' })
  items!: AuditEventType[];
}

@InputType('AuditEventFilter', { description: 'Which events a list holds; all conditions must be met.' })
export class AuditEventFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only of this instance, deleted or not.' })
  instanceId?: string | null;

  @Field(() => AuditActionEnum, { nullable: true, description: 'Only this action.' })
  action?: AuditAction | null;

  @Field(() => String, { nullable: true, description: 'Only what the API key of this readable prefix did.' })
  keyId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Only at this instant or later.' })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only before this instant.' })
  to?: Date | null;
}
