import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PageType } from '../../kernel/page-type.js';
import { DateTime } from '../../kernel/scalars.js';
import { ToolType } from '../tools/index.js';
import { MAX_TOOLS_PER_AGENT } from './agent-input.js';

@ObjectType('Agent', { description: 'A role with tools, which can be given tasks.', simpleResolvers: true })
export class AgentType {
  @Field(() => ID, { description: 'UUID v4.' })
  id!: string;

  @Field(() => String, { description: "Unique among the tenant's agents, case included." })
  name!: string;

  @Field(() => String, { description: 'What it is, in a few words: researcher.' })
  role!: string;

  @Field(() => String, { description: 'What it is for; may be empty.' })
  description!: string;

  @Field(() => [ToolType], { description: 'The tools that it has, by name.' })
  tools!: readonly ToolType[];

  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it, or the choice of its tools, was changed last.' })
  updatedAt!: Date;
}

@ObjectType('AgentPage', { description: "A part of the tenant's agents, newest first.", simpleResolvers: true })
export class AgentPageType extends PageType {
  @Field(() => [AgentType], { description: 'The agents of this page.' })
  items!: AgentType[];
}

@InputType('CreateAgentInput', { description: 'A new agent.' })
export class CreateAgentInput {
  @Field(() => String, {
    description:
      '1 to 100 characters on one line, unless the operator set another bound; white space around it is dropped. Unique in the tenant.',
  })
  name!: string;

  @Field(() => String, {
    description: 'What it is, in 1 to 100 characters on one line, unless the operator set another bound.',
  })
  role!: string;

  @Field(() => String, {
    defaultValue: '',
    description: 'What it is for, in at most 1,000 characters, unless the operator set another bound.',
  })
  description!: string;

  @Field(() => [ID], {
    defaultValue: [],
    description: `Its tools, at most ${MAX_TOOLS_PER_AGENT}, none of them twice.`,
  })
  toolIds!: string[];
}

@InputType('UpdateAgentInput', { description: 'What to change of an agent; what is left out or null stays as it is.' })
export class UpdateAgentInput {
  @Field(() => String, { nullable: true, description: 'Its new name, as for a new agent.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Its new role, as for a new agent.' })
  role?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its new description, in at most 1,000 characters, unless the operator set another bound.',
  })
  description?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: `All tools that it is to have, at most ${MAX_TOOLS_PER_AGENT}; an empty list takes them away.`,
  })
  toolIds?: string[] | null;
}

@InputType('AgentFilter', { description: 'Which agents a list holds; all of them unless something is given.' })
export class AgentFilterInput {
  @Field(() => String, { nullable: true, description: 'Only the agents that have the tool of exactly this name.' })
  toolName?: string | null;
}
