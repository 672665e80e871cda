import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { PageType } from '../../kernel/page-type.js';
import { DateTime } from '../../kernel/scalars.js';
import { TokenUsageType } from '../usage/index.js';

@ObjectType('Execution', {
  description: 'One run of an agent: what it was asked and what it answered. Never changed afterwards.',
  simpleResolvers: true,
})
export class ExecutionType {
  @Field(() => ID, { description: 'UUID v4.' })
  id!: string;

  @Field(() => ID, { description: 'The agent, which may have been deleted since.' })
  agentId!: string;

  @Field(() => String, { description: "The agent's name at that time." })
  agentName!: string;

  @Field(() => String, { description: 'The task, as it was given.' })
  prompt!: string;

  @Field(() => String, { description: "What the model was told: the agent's role, its tools, the task." })
  systemPrompt!: string;

  @Field(() => String, { description: 'The model that answered.' })
  model!: string;

  @Field(() => String, { description: "The model's answer." })
  response!: string;

  @Field(() => [String], { description: 'What the answer lacked, such as tools; usually nothing.' })
  warnings!: readonly string[];

  @Field(() => ID, {
    nullable: true,
    description:
      'The instance whose AI agent had the key, which may have been deleted since; null when the mock answered.',
  })
  instanceId!: string | null;

  @Field(() => AiAgentEnum, {
    nullable: true,
    description: 'The AI agent whose key it was; null when the mock answered.',
  })
  aiAgent!: AiAgent | null;

  @Field(() => TokenUsageType, {
    nullable: true,
    description: 'What the answer took; null when the mock answered.',
  })
  usage!: TokenUsageType | null;

  @Field(() => DateTime, { description: 'When the answer was logged.' })
  createdAt!: Date;
}

@ObjectType('ExecutionPage', { description: "A part of the tenant's executions, newest first.", simpleResolvers: true })
export class ExecutionPageType extends PageType {
  @Field(() => [ExecutionType], { description: 'The executions of this page.' })
  items!: ExecutionType[];
}

@InputType('RunAgentInput', { description: 'A task for an agent.' })
export class RunAgentInput {
  @Field(() => ID, { description: 'The agent.' })
  agentId!: string;

  @Field(() => String, {
    description: 'What it is to do, in 1 to 10,000 characters, unless the operator set another bound.',
  })
  task!: string;

  @Field(() => String, { description: 'One of the allowed models, such as gpt-4o; INVALID_MODEL lists them.' })
  model!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "A running instance: the model's provider is asked through the gateway with the key of one of its AI agents. A deterministic mock answers unless one is given.",
  })
  instanceId?: string | null;

  @Field(() => AiAgentEnum, {
    nullable: true,
    description:
      "Whose key, base URL and limits hold, of the AI agents that the instance was started with; needed when several are of the model's provider.",
  })
  aiAgent?: AiAgent | null;
}

@InputType('ExecutionFilter', { description: 'Which executions a list holds; all conditions must be met.' })
export class ExecutionFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only of this agent, deleted or not.' })
  agentId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only of this model.' })
  model?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Only at this instant or later.' })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only before this instant.' })
  to?: Date | null;
}
