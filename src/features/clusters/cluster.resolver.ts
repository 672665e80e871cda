import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { PageArgs } from '../../kernel/page-type.js';
import { selectedFields } from '../../kernel/selection.js';
import type { ClusterService } from './cluster.service.js';
import {
  ClusterFilterInput,
  ClusterPageType,
  ClusterType,
  RegisterClusterInput,
  UpdateClusterInput,
} from './cluster.types.js';
import { clusterType } from './cluster.view.js';

@Resolver()
export class ClusterResolver {
  constructor(private readonly deps: { readonly clusters: ClusterService }) {}

  @Auth('VIEWER')
  @Query(() => ClusterType, { description: 'One cluster of the tenant.' })
  async cluster(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The cluster.' }) id: string,
  ): Promise<ClusterType> {
    return clusterType(await this.deps.clusters.get(actor, id));
  }

  @Auth('VIEWER')
  @Query(() => ClusterPageType, { description: "The tenant's clusters, newest first." })
  async clusters(
    @Ctx() { actor }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ClusterFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: ClusterFilterInput | null,
  ): Promise<ClusterPageType> {
    const withTotal = selectedFields(info).has('totalCount');
    const found = await this.deps.clusters.list(actor, { name: filter?.name ?? undefined }, page, { withTotal });
    return Object.assign(new ClusterPageType(), { ...found, items: found.items.map(clusterType) });
  }

  @Auth('ADMIN')
  @Mutation(() => ClusterType, {
    description:
      'Registers a cluster: asks it what the credential may do, then keeps the credential sealed. Refused with ' +
      'CLUSTER_UNUSABLE when the cluster cannot be reached, or when the credential reads Secrets and the tenant does not allow that.',
  })
  async registerCluster(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => RegisterClusterInput, { description: 'The new cluster.' }) input: RegisterClusterInput,
  ): Promise<ClusterType> {
    return clusterType(await this.deps.clusters.register(actor, input));
  }

  @Auth('ADMIN')
  @Mutation(() => ClusterType, {
    description: 'Changes a cluster. Runs that were asked for before keep the kubeconfig that they have.',
  })
  async updateCluster(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The cluster.' }) id: string,
    @Arg('input', () => UpdateClusterInput, { description: 'What to change.' }) input: UpdateClusterInput,
  ): Promise<ClusterType> {
    return clusterType(await this.deps.clusters.update(actor, id, input));
  }

  @Auth('ADMIN')
  @Mutation(() => ClusterType, {
    description:
      'Asks a cluster again what the credential may do. CLUSTER_UNUSABLE when it does not answer, or when the credential ' +
      'reads Secrets and the tenant does not allow that; then no more runs start with it.',
  })
  async checkCluster(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The cluster.' }) id: string,
  ): Promise<ClusterType> {
    return clusterType(await this.deps.clusters.check(actor, id));
  }

  @Auth('ADMIN')
  @Mutation(() => ClusterType, {
    description:
      'Deletes a cluster and gives it as it was. Refused with CLUSTER_IN_USE, naming the runs, while any that has not ended uses it.',
  })
  async deleteCluster(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The cluster.' }) id: string,
  ): Promise<ClusterType> {
    return clusterType(await this.deps.clusters.delete(actor, id));
  }
}
