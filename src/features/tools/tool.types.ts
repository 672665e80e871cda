import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PageType } from '../../kernel/page-type.js';
import { DateTime } from '../../kernel/scalars.js';

@ObjectType('Tool', { description: 'A capability that agents may have.', simpleResolvers: true })
export class ToolType {
  @Field(() => ID, { description: 'UUID v4.' })
  id!: string;

  @Field(() => String, { description: "Unique among the tenant's tools, case included." })
  name!: string;

  @Field(() => String, { description: 'What it does; may be empty.' })
  description!: string;

  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it was changed last.' })
  updatedAt!: Date;
}

@ObjectType('ToolPage', { description: "A part of the tenant's tools, newest first.", simpleResolvers: true })
export class ToolPageType extends PageType {
  @Field(() => [ToolType], { description: 'The tools of this page.' })
  items!: ToolType[];
}

@InputType('CreateToolInput', { description: 'A new tool.' })
export class CreateToolInput {
  @Field(() => String, {
    description:
      '1 to 100 characters on one line, unless the operator set another bound; white space around it is dropped. Unique in the tenant.',
  })
  name!: string;

  @Field(() => String, {
    defaultValue: '',
    description: 'What it does, in at most 1,000 characters, unless the operator set another bound.',
  })
  description!: string;
}

@InputType('UpdateToolInput', { description: 'What to change of a tool; what is left out or null stays as it is.' })
export class UpdateToolInput {
  @Field(() => String, { nullable: true, description: 'Its new name, as for a new tool.' })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its new description, in at most 1,000 characters, unless the operator set another bound.',
  })
  description?: string | null;
}

@InputType('ToolFilter', { description: 'Which tools a list holds; all of them unless something is given.' })
export class ToolFilterInput {
  @Field(() => String, { nullable: true, description: 'Only the tools of the agent of exactly this name.' })
  agentName?: string | null;
}
