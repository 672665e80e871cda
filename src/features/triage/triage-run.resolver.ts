import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { make } from '../../kernel/make.js';
import type { ArtifactStore } from '../artifacts/index.js';
import { ClusterType, clusterType } from '../clusters/index.js';
import type { ClusterService } from '../clusters/index.js';
import type { RunLogReader } from '../run-log/index.js';
import { logFileName } from './log-file-name.js';
import { hasEnded } from './run-state.js';
import type { TriageRunEntity } from './triage-run.entity.js';
import { ArtifactType, TriageRunLogType, TriageRunType } from './triage.types.js';

export interface TriageRunResolverDependencies {
  readonly logs: RunLogReader;
  readonly artifacts: ArtifactStore;
  readonly clusters: Pick<ClusterService, 'get'>;
}

/** The fields of a run that do not lie in its row. */
@Resolver(() => TriageRunType)
export class TriageRunResolver {
  constructor(private readonly deps: TriageRunResolverDependencies) {}

  @FieldResolver(() => TriageRunLogType, { description: 'Its log.' })
  async log(@Root() run: TriageRunEntity): Promise<TriageRunLogType> {
    return make(TriageRunLogType, {
      bytes: hasEnded(run.state) ? run.logBytes : await this.deps.logs.size(run.id),
      complete: run.logComplete,
      truncated: run.logTruncated,
      fileName: logFileName(run.aiAgent, run.createdAt),
    });
  }

  @FieldResolver(() => ClusterType, {
    nullable: true,
    description: 'The cluster that it may reach; null for none, and when it was deleted after the end.',
  })
  async cluster(@Root() run: TriageRunEntity, @Ctx() { actor }: GraphQLContext): Promise<ClusterType | null> {
    return run.clusterId === null ? null : clusterType(await this.deps.clusters.get(actor, run.clusterId));
  }

  @FieldResolver(() => [ArtifactType], { description: 'What it left behind, by name; complete once it has ended.' })
  async artifacts(@Root() run: TriageRunEntity): Promise<ArtifactType[]> {
    return (await this.deps.artifacts.list(run.id)).map((artifact) => make(ArtifactType, artifact));
  }
}
