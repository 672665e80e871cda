import { Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { GatheredReads } from '../../kernel/gathered-reads.js';
import type { RunId } from '../../kernel/ids.js';
import { make } from '../../kernel/make.js';
import { OffsetArgs } from '../../kernel/page-type.js';
import type { Pager } from '../../kernel/pager.js';
import type { Artifact } from '../artifacts/index.js';
import type { SharedArtifacts } from '../servers/index.js';
import { ClusterType, clusterType } from '../clusters/index.js';
import type { ClusterService } from '../clusters/index.js';
import type { RunLogReader } from '../run-log/index.js';
import type { QueuedRun, QueuePositions } from './queue-positions.js';
import { logFileName } from './log-file-name.js';
import type { RunReport } from './run-report.js';
import type { RunReportStore } from './run-report.store.js';
import { hasEnded } from './run-state.js';
import { artifactUrl } from './triage-artifacts.js';
import { TriageReportProblemType, TriageReportType } from './triage-report.types.js';
import type { TriageRunEntity } from './triage-run.entity.js';
import { ArtifactType, TriageRunLogType, TriageRunType } from './triage.types.js';

export interface TriageRunResolverDependencies {
  readonly logs: RunLogReader;
  readonly artifacts: Pick<SharedArtifacts, 'list' | 'text'>;
  readonly clusters: Pick<ClusterService, 'find'>;
  readonly reports: RunReportStore;
  readonly pager: Pager;
  readonly positions: Pick<QueuePositions, 'of'>;
}

export const MAX_PROMPT_SENT_BYTES = 256 * 1024;

/** The fields of a run that do not lie in its row. */
@Resolver(() => TriageRunType)
export class TriageRunResolver {
  /** One look at a run's folder, or one question to the server that has it, for a page and its count. */
  readonly #lists = new GatheredReads((asked: readonly RunId[]) => this.deps.artifacts.list(asked[0]!));

  constructor(private readonly deps: TriageRunResolverDependencies) {}

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "Its place among the tenant's queued runs, oldest first; 1: the next of them to start. Runs of other tenants do not count: tenants take turns, the one with the fewest runs under way first. Null when it is not QUEUED.",
  })
  async queuePosition(@Root() run: QueuedRun): Promise<number | null> {
    return run.queuePosition === undefined ? this.deps.positions.of(run) : run.queuePosition;
  }

  @FieldResolver(() => TriageRunLogType, { description: 'Its log.' })
  async log(@Root() run: TriageRunEntity): Promise<TriageRunLogType> {
    return make(TriageRunLogType, {
      bytes: hasEnded(run.state) ? run.logBytes : await this.deps.logs.size(run.id),
      complete: run.logComplete,
      truncated: run.logTruncated,
      masked: run.logMasked,
      fileName: logFileName(run.aiAgent, run.createdAt),
    });
  }

  @FieldResolver(() => ClusterType, {
    nullable: true,
    description: 'The cluster that it may reach; null for none, and when it was deleted after the end.',
  })
  async cluster(@Root() run: TriageRunEntity, @Ctx() { actor }: GraphQLContext): Promise<ClusterType | null> {
    const cluster = run.clusterId === null ? undefined : await this.deps.clusters.find(actor, run.clusterId);
    return cluster ? clusterType(cluster) : null;
  }

  @FieldResolver(() => [ArtifactType], {
    description:
      'What it left behind, by name, so that `output/…` comes first; complete once it has ended, none once they are no longer kept.',
  })
  async artifacts(@Root() run: TriageRunEntity, @Args(() => OffsetArgs) page: OffsetArgs): Promise<ArtifactType[]> {
    const { limit, offset } = this.deps.pager.read('artifacts', run.tenantId, page);
    const artifacts = (await this.#artifactsOf(run)).slice(offset, offset + limit);
    return artifacts.map((artifact) => make(ArtifactType, { ...artifact, url: artifactUrl(run.id, artifact) }));
  }

  @FieldResolver(() => Int, {
    description: 'How many files it left behind; none once they are no longer kept, see `expiredAt`.',
  })
  async artifactCount(@Root() run: TriageRunEntity): Promise<number> {
    return (await this.#artifactsOf(run)).length;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The whole prompt that the agent was sent, data included: its first 256 KiB. Null before the end of the run, and when it is no longer kept. It is the artifact workspace/prompt-sent.md, as the container left it.',
  })
  async promptSent(@Root() run: TriageRunEntity): Promise<string | null> {
    if (run.expiredAt !== null) return null;
    return this.deps.artifacts.text(run.id, 'workspace/prompt-sent.md', MAX_PROMPT_SENT_BYTES);
  }

  @FieldResolver(() => TriageReportType, {
    nullable: true,
    description: 'What it found out. A run that SUCCEEDED has one; others have one if their agent got that far.',
  })
  async report(@Root() run: TriageRunEntity): Promise<TriageReportType | null> {
    const { report } = await this.#reportOf(run);
    if (!report) return null;
    return Object.assign(new TriageReportType(), report);
  }

  @FieldResolver(() => TriageReportProblemType, {
    nullable: true,
    description: 'Why a run that has ended has no report; null when it has one, and before the end.',
  })
  async reportProblem(@Root() run: TriageRunEntity): Promise<TriageReportProblemType | null> {
    const { problem } = await this.#reportOf(run);
    return problem && make(TriageReportProblemType, problem);
  }

  async #artifactsOf(run: TriageRunEntity): Promise<readonly Artifact[]> {
    return run.expiredAt === null ? this.#lists.ask(run.id, run.id) : [];
  }

  async #reportOf(run: TriageRunEntity): Promise<RunReport> {
    if (!hasEnded(run.state)) return { report: null, problem: null };
    return this.deps.reports.get(run.tenantId, run.id);
  }
}
