import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { PageArgs } from '../../kernel/page-type.js';
import { selectedFields } from '../../kernel/selection.js';
import type { InstanceList } from './instance-list.js';
import type { InstanceService } from './instance.service.js';
import {
  CreateInstanceInput,
  InstanceFilterInput,
  InstancePageType,
  instanceType,
  InstanceType,
  UpdateInstanceInput,
} from './instance.types.js';

export interface InstanceResolverDependencies {
  readonly instances: InstanceService;
  readonly list: InstanceList;
}

@Resolver()
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
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => InstanceFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: InstanceFilterInput | null,
  ): Promise<InstancePageType> {
    const withTotal = selectedFields(info).has('totalCount');
    const found = await this.deps.list.page(actor, filter ?? {}, page, { withTotal });
    return Object.assign(new InstancePageType(), { ...found, items: found.items.map(instanceType) });
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
    description:
      'Renames an instance, sets its egress list, its key delivery or what its providers may do; running or stopped.',
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
  @Mutation(() => InstanceType, {
    description:
      'Stops an instance: it takes no more runs, those under way go on. A `runAgent` under way on it is ended.',
  })
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
      "Deletes an instance with its files; its keys are destroyed within 10 s of its last run's end. Its runs, usage and audit can " +
      'still be read by its id. Answers that id.',
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
