import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { make } from '../../kernel/make.js';
import type { InstanceService } from './instance.service.js';
import {
  CreateInstanceInput,
  InstancePageType,
  instanceType,
  InstanceType,
  UpdateInstanceInput,
} from './instance.types.js';

export interface InstanceResolverDependencies {
  readonly instances: InstanceService;
}

@Resolver(() => InstancePageType)
export class InstanceResolver {
  constructor(private readonly deps: InstanceResolverDependencies) {}

  @Auth('VIEWER')
  @Query(() => InstanceType, { description: 'One instance of the tenant.' })
  async instance(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The instance.' }) id: string,
  ): Promise<InstanceType> {
    return instanceType(await this.deps.instances.get(actor, id));
  }

  @Auth('VIEWER')
  @Query(() => InstancePageType, { description: "The tenant's instances, newest first." })
  async instances(
    @Ctx() { actor }: GraphQLContext,
    @Arg('limit', () => Int, { defaultValue: 20, description: 'How many: 1 to 100.' }) limit: number,
    @Arg('offset', () => Int, { defaultValue: 0, description: 'How many to leave out first.' }) offset: number,
  ): Promise<InstancePageType> {
    const items = (await this.deps.instances.list(actor, limit, offset)).map(instanceType);
    return make(InstancePageType, { items });
  }

  @FieldResolver(() => Int, { description: 'How many instances the tenant has; counted only when it is selected.' })
  totalCount(@Ctx() { actor }: GraphQLContext): Promise<number> {
    return this.deps.instances.count(actor);
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceType, { description: 'Creates a stopped instance without any AI agent configured.' })
  async createInstance(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => CreateInstanceInput, { description: 'The new instance.' }) input: CreateInstanceInput,
  ): Promise<InstanceType> {
    return instanceType(await this.deps.instances.create(actor, input.name));
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceType, {
    description: 'Renames an instance, sets its egress list or its key delivery; running or stopped.',
  })
  async updateInstance(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => UpdateInstanceInput, { description: 'What changes.' }) input: UpdateInstanceInput,
  ): Promise<InstanceType> {
    return instanceType(await this.deps.instances.update(actor, input));
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceType, {
    description: 'Starts an instance: checks and pins what is configured. Changes nothing on a running one.',
  })
  async startInstance(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The instance.' }) id: string,
  ): Promise<InstanceType> {
    return instanceType(await this.deps.instances.start(actor, id));
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceType, {
    description:
      'Pins what is configured now; starts a stopped instance. Runs under way go on with what they have, later ones use the new.',
  })
  async restartInstance(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The instance.' }) id: string,
  ): Promise<InstanceType> {
    return instanceType(await this.deps.instances.restart(actor, id));
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceType, { description: 'Stops an instance: it takes no more runs, those under way go on.' })
  async stopInstance(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The instance.' }) id: string,
    @Arg('force', () => Boolean, { defaultValue: false, description: 'Whether runs under way are cancelled.' })
    force: boolean,
  ): Promise<InstanceType> {
    return instanceType(await this.deps.instances.stop(actor, id, force));
  }

  @Auth('ADMIN')
  @Mutation(() => ID, {
    description:
      'Deletes an instance with its keys and files. Its runs, usage and audit can still be read by its id. Answers that id.',
  })
  deleteInstance(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The instance.' }) id: string,
    @Arg('force', () => Boolean, {
      defaultValue: false,
      description: 'Whether runs under way are cancelled; without it they are a reason to refuse.',
    })
    force: boolean,
  ): Promise<string> {
    return this.deps.instances.delete(actor, id, force);
  }
}
