import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { safeInteger } from '../../kernel/columns.js';
import type { ClusterId, InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import type { ModelUpstreamKind } from '../../kernel/model-upstream-enum.js';
import type { ContainerRuntime } from '../../ports/container-runtime.js';
import { EMPTY_NETWORK_RECORD, type NetworkRecord } from '../egress/index.js';
import type { RunFigures, RunRefusal } from '../limits/index.js';
import type { KeyDelivery } from '../instances/index.js';
import { tokenCount, type ShownFigures, type TokenFigures } from '../usage/index.js';
import type { RunReasonCode, RunState } from './run-state.js';

export type RuntimeKind = 'DOCKER' | 'LOCAL' | 'FAKE';

export const runtimeKind = ({ kind }: Pick<ContainerRuntime, 'kind'>): RuntimeKind => kind.toUpperCase() as RuntimeKind;

const bigint = { type: 'bigint', default: 0, transformer: safeInteger } as const;
const instant = { type: 'timestamptz', precision: 3, nullable: true } as const;

/** One triage: the queue's entry, what it was asked to do, who holds it, and how it ended. */
@Entity('triage_runs')
export class TriageRunEntity implements ShownFigures {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' }) tenantId!: TenantId;
  @PrimaryColumn({ type: 'uuid' }) id!: RunId;
  @Column({ type: 'text', default: 'QUEUED' }) state!: RunState;

  @Column({ name: 'instance_id', type: 'uuid' }) instanceId!: InstanceId;
  /** The cluster that it may reach; null for none, and when the cluster was deleted after its end. */
  @Column({ name: 'cluster_id', type: 'uuid', nullable: true }) clusterId!: ClusterId | null;
  /** Of the cluster's credential, with which the run was queued. */
  @Column({ name: 'cluster_credential_version', type: 'integer', nullable: true })
  clusterCredentialVersion!: number | null;
  @Column({ name: 'ai_agent', type: 'text' }) aiAgent!: AiAgent;
  /** Pinned by the instance's start. */
  @Column({ name: 'configuration_revision', type: 'integer' }) configurationRevision!: number;
  @Column({ name: 'credential_version', type: 'integer' }) credentialVersion!: number;

  @Column({ type: 'text' }) model!: string;
  @Column({ type: 'text' }) prompt!: string;
  /** Takes the place of the generic system prompt; null leaves that. */
  @Column({ name: 'system_prompt', type: 'text', nullable: true }) systemPrompt!: string | null;
  /** A JSON object, as the client wrote it. */
  @Column({ type: 'text' }) incident!: string;
  /** Null for the runner's default. */
  @Column({ name: 'allowed_tools', type: 'text', array: true, nullable: true }) allowedTools!: string[] | null;
  @Column({ name: 'timeout_seconds', type: 'integer' }) timeoutSeconds!: number;
  @Column({ ...bigint, name: 'memory_bytes' }) memoryBytes!: number;
  @Column({ type: 'boolean', default: false }) debug!: boolean;
  @Column({ name: 'idempotency_key', type: 'text', nullable: true }) idempotencyKey!: string | null;
  /** SHA-256 of what the client asked for. */
  @Column({ name: 'input_digest', type: 'bytea' }) inputDigest!: Buffer;

  /** Of the mutation, where its trace begins; null when it was not traced. */
  @Column({ type: 'text', nullable: true }) traceparent!: string | null;

  @Column({ type: 'text' }) runtime!: RuntimeKind;
  @Column({ name: 'model_upstream', type: 'text' }) modelUpstream!: ModelUpstreamKind;
  /** Of the servers that see its container and its folders; null until one of them takes it from the queue. */
  @Column({ name: 'run_group', type: 'text', nullable: true }) runGroup!: string | null;
  @Column({ name: 'lease_owner', type: 'text', nullable: true }) leaseOwner!: string | null;
  @Column({ name: 'lease_expires_at', type: 'timestamptz', nullable: true }) leaseExpiresAt!: Date | null;
  /** Rises with each claim; a write that bears an older one is refused. */
  @Column({ ...bigint }) fence!: number;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
  @Column({ ...instant, name: 'started_at' }) startedAt!: Date | null;
  @Column({ ...instant, name: 'ended_at' }) endedAt!: Date | null;
  @Column({ ...instant, name: 'cancel_requested_at' }) cancelRequestedAt!: Date | null;
  /** Of the pinned key; the run's owner ends it. */
  @Column({ ...instant, name: 'credential_revoked_at' }) credentialRevokedAt!: Date | null;

  /** Since when log and artifacts are gone. */
  @Column({ ...instant, name: 'expired_at' }) expiredAt!: Date | null;

  /** Kept before it is acknowledged, so that a server that dies then still knows how the agent ended. */
  @Column({ name: 'exit_report', type: 'jsonb', nullable: true }) exitReport!: ExitReport | null;
  @Column({ name: 'exit_code', type: 'integer', nullable: true }) exitCode!: number | null;
  @Column({ name: 'reason_code', type: 'text', nullable: true }) reasonCode!: RunReasonCode | null;
  @Column({ name: 'reason_message', type: 'text', nullable: true }) reasonMessage!: string | null;

  /** As `parseEgress` writes entries: the instance's list when the run was asked for. */
  @Column({ type: 'text', array: true, default: [] }) egress!: string[];
  @Column({ name: 'key_delivery', type: 'text', default: 'ENVIRONMENT' }) keyDelivery!: KeyDelivery;
  @Column({ type: 'jsonb', default: EMPTY_NETWORK_RECORD }) network!: NetworkRecord;

  @Column({ ...bigint, name: 'log_bytes' }) logBytes!: number;
  @Column({ name: 'log_complete', type: 'boolean', default: false }) logComplete!: boolean;
  @Column({ name: 'log_truncated', type: 'boolean', default: false }) logTruncated!: boolean;
  @Column({ name: 'log_masked', type: 'boolean', default: false }) logMasked!: boolean;

  @Column({ ...bigint, name: 'request_count' }) requestCount!: number;
  @Column({ ...bigint, name: 'error_count' }) errorCount!: number;
  @Column({ ...bigint, name: 'input_tokens' }) inputTokens!: number;
  @Column({ ...bigint, name: 'output_tokens' }) outputTokens!: number;
  @Column({ ...bigint, name: 'cache_read_tokens' }) cacheReadTokens!: number;
  @Column({ ...bigint, name: 'cache_write_tokens' }) cacheWriteTokens!: number;
  @Column({ ...bigint, name: 'reasoning_tokens' }) reasoningTokens!: number;
  @Column({ ...bigint, name: 'unpriced_tokens' }) unpricedTokens!: number;
  @Column({ ...bigint, name: 'unreported_tokens' }) unreportedTokens!: number;
  /** Whole billionths of a US dollar, in decimal digits. */
  @Column({ name: 'cost_nano_usd', type: 'numeric', default: 0 }) costNanoUsd!: string;
  @Column({ ...bigint, name: 'partial_count' }) partialCount!: number;
  @Column({ ...bigint, name: 'limited_count' }) limitedCount!: number;
  @Column({ ...bigint, name: 'unknown_count' }) unknownCount!: number;
  @Column({ ...bigint, name: 'errors_unauthorized' }) errorsUNAUTHORIZED!: number;
  @Column({ ...bigint, name: 'errors_rate_limited' }) errorsRATE_LIMITED!: number;
  @Column({ ...bigint, name: 'errors_invalid_request' }) errorsINVALID_REQUEST!: number;
  @Column({ ...bigint, name: 'errors_provider_error' }) errorsPROVIDER_ERROR!: number;
  @Column({ ...bigint, name: 'errors_timeout' }) errorsTIMEOUT!: number;
  @Column({ ...bigint, name: 'errors_unreachable' }) errorsUNREACHABLE!: number;
  @Column({ ...bigint, name: 'errors_cut' }) errorsCUT!: number;
  @Column({ ...bigint, name: 'errors_refused' }) errorsREFUSED!: number;
  /** What limit refused its latest model call; null when it was let through. */
  @Column({ type: 'jsonb', nullable: true }) refusal!: RunRefusal | null;
  /** What its CLI said at its end that it used; null when it did not. */
  @Column({ name: 'reported_tokens', type: 'jsonb', nullable: true }) reportedTokens!: TokenFigures | null;
  /** As `usageDrift` gives it. */
  @Column({ name: 'usage_drift', type: 'double precision', nullable: true }) usageDrift!: number | null;
}

/** As its figures stand. */
export const spentBy = (run: TriageRunEntity): RunFigures => ({
  tokens: tokenCount(run) + run.unreportedTokens,
  nanoUsd: Number(run.costNanoUsd),
  unpricedTokens: run.unpricedTokens + run.unreportedTokens,
});
