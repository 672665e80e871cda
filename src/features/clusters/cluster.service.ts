import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import { isUniqueViolation } from '../../kernel/database-errors.js';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import { GatheredReads } from '../../kernel/gathered-reads.js';
import type { Endpoint } from '../../kernel/host-name.js';
import { newClusterId } from '../../kernel/ids.js';
import type { ClusterId, TenantId } from '../../kernel/ids.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { lineInput } from '../../kernel/text-input.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { Dial } from './cluster-client.js';
import { clusterBriefing } from './cluster-briefing.js';
import type { ClusterBriefing } from './cluster-briefing.js';
import { clusterAddress } from './cluster-connection.js';
import type { ClusterConnection } from './cluster-connection.js';
import type { ClusterEntity } from './cluster.entity.js';
import { clusterFailure } from './cluster-failure.js';
import type { ClusterFilter, ClusterRepository, SealedConnection } from './cluster.repository.js';
import type { ClusterCredentialPlace, ClusterSealer } from './cluster-sealer.js';
import type { Cluster } from './cluster.js';
import { credentialExpiry } from './credential-expiry.js';
import { parseKubeconfig } from './kubeconfig.js';
import { preflight } from './preflight.js';
import type { ClusterFindings } from './preflight.js';

export interface ClusterServiceDependencies {
  readonly repository: ClusterRepository;
  readonly sealer: ClusterSealer;
  readonly dial: Dial;
  /** Whether the tenant may register credentials that read Secrets. */
  readonly allowsSecretReading: (tenantId: TenantId) => boolean;
  readonly pager: Pager;
  readonly limits: { readonly maxNameLength: number };
  readonly logger: Logger;
}

export interface RegisterCluster {
  readonly name: string;
  readonly kubeconfig: string;
  readonly context?: string | null | undefined;
}

/** Left out or null: as it is. */
export interface UpdateCluster {
  readonly name?: string | null | undefined;
  readonly kubeconfig?: string | null | undefined;
  /** Of the new kubeconfig. */
  readonly context?: string | null | undefined;
}

/** Of more runs one error names the first, and says how many there are. */
const NAMED_RUNS = 100;

/** A tenant's clusters. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class ClusterService {
  /** For rows of lists. */
  readonly #reads = new GatheredReads((asked: readonly Pick<ClusterEntity, 'tenantId' | 'id'>[]) =>
    this.deps.repository.findAll(asked[0]!.tenantId, [...new Set(asked.map(({ id }) => id))]),
  );

  constructor(private readonly deps: ClusterServiceDependencies) {}

  /** Throws CLUSTER_UNUSABLE when the preflight finds a reason, DUPLICATE_NAME when the tenant has a cluster of this name. */
  async register(actor: Actor, { name, kubeconfig, context }: RegisterCluster): Promise<Cluster> {
    const { tenantId } = actor;
    const id = newClusterId();
    const row = { tenantId, id, name: this.#name('input.name', name) };
    const connection = parseKubeconfig({ path: 'input', kubeconfig, context });
    const findings = await this.#acceptable(tenantId, connection);
    await withUniqueName(row.name, () =>
      this.deps.repository.insert(actor, { ...row, ...this.#columnsOf(row, connection, 1), ...findings }),
    );
    return this.get(actor, id);
  }

  /** A new kubeconfig is looked at as for a new cluster. Runs that were queued before keep the connection that they have. */
  async update(actor: Actor, clusterId: string, { name, kubeconfig, context }: UpdateCluster): Promise<Cluster> {
    const { tenantId } = actor;
    const id = uuidArgument<ClusterId>('id', clusterId);
    const newName = name == null ? undefined : this.#name('input.name', name);
    if (context != null && kubeconfig == null) {
      throw badUserInput('input.context', 'A context is one of a new kubeconfig: give both.');
    }
    await this.get(actor, id);
    const connection = kubeconfig == null ? undefined : parseKubeconfig({ path: 'input', kubeconfig, context });
    const findings = connection && (await this.#acceptable(tenantId, connection));
    if (newName === undefined && !connection) return this.get(actor, id);
    const written = await withUniqueName(newName, () =>
      this.deps.repository.update(actor, id, ({ credentialVersion }) => ({
        changes: {
          ...(newName !== undefined && { name: newName }),
          ...(connection && this.#columnsOf({ tenantId, id }, connection, credentialVersion + 1)),
          ...findings,
        },
        checked: findings !== undefined,
      })),
    );
    if (!written) throw await this.deps.repository.missError(tenantId, id);
    return this.get(actor, id);
  }

  /** Asks the cluster again and keeps what it says, also when that makes the cluster unusable. Throws CLUSTER_UNUSABLE. */
  async check(actor: Actor, clusterId: string): Promise<Cluster> {
    const { tenantId } = actor;
    const row = await this.#requireSealed(tenantId, uuidArgument<ClusterId>('id', clusterId));
    const findings = await preflight(this.#open(row), this.deps.dial);
    await this.deps.repository.keepFindings(actor, row, findings);
    const cluster = await this.get(actor, row.id);
    this.requireUsable(actor, cluster);
    return cluster;
  }

  /** Resolves to the cluster as it was. Throws CLUSTER_IN_USE, naming the runs, while any that has not ended uses it. */
  async delete(actor: Actor, clusterId: string): Promise<Cluster> {
    const cluster = await this.get(actor, clusterId);
    const deleted = await this.deps.repository.delete(actor, cluster.id);
    if (deleted === true) return cluster;
    if (deleted === false) throw await this.deps.repository.missError(actor.tenantId, cluster.id);
    throw new TriagedError('CLUSTER_IN_USE', 'Triage runs use this cluster: cancel them, or wait for their end.', {
      id: cluster.id,
      runs: deleted.slice(0, NAMED_RUNS),
      runCount: deleted.length,
    });
  }

  async get(actor: Actor, clusterId: string, path = 'id'): Promise<Cluster> {
    const id = uuidArgument<ClusterId>(path, clusterId);
    const cluster = await this.deps.repository.find(actor.tenantId, id);
    if (!cluster) throw await this.deps.repository.missError(actor.tenantId, id);
    return cluster;
  }

  /** For a list's rows: undefined when it is gone. */
  async find({ tenantId }: Pick<Actor, 'tenantId'>, id: ClusterId): Promise<Cluster | undefined> {
    const found = await this.#reads.ask(tenantId, { tenantId, id });
    return found.find((cluster) => cluster.id === id);
  }

  /** Newest first. */
  async list(
    actor: Actor,
    filter: ClusterFilter,
    args: PageArguments,
    options: { withTotal: boolean },
  ): Promise<Page<Cluster>> {
    const { repository, pager } = this.deps;
    const { tenantId } = actor;
    const request = pager.read('clusters', tenantId, args);
    const checked = filter.name === undefined ? {} : { name: this.#name('filter.name', filter.name) };
    const [rows, totalCount] = await Promise.all([
      repository.list(tenantId, checked, request),
      options.withTotal ? repository.count(tenantId, checked) : undefined,
    ]);
    return pager.page('clusters', tenantId, request, rows, totalCount);
  }

  /** Throws CLUSTER_UNUSABLE when its credential was last seen to read Secrets and the tenant does not allow that. */
  requireUsable({ tenantId }: Pick<Actor, 'tenantId'>, { id, canReadSecrets }: Pick<Cluster, 'id' | 'canReadSecrets'>) {
    if (canReadSecrets && !this.deps.allowsSecretReading(tenantId)) throw clusterFailure('SECRETS_READABLE', { id });
  }

  /**
   * The version of the credential that a run is queued with in the caller's transaction; until its end the run has that one.
   * Throws NOT_FOUND when the cluster was deleted meanwhile.
   */
  async pin(manager: EntityManager, tenantId: TenantId, id: ClusterId): Promise<number> {
    const version = await this.deps.repository.holdVersion(manager, tenantId, id);
    if (version === undefined) throw await this.deps.repository.missError(tenantId, id);
    return version;
  }

  /** What a run is told. Holds the credential in plain text: for memory only. Throws CREDENTIAL_UNREADABLE. */
  async briefing(place: ClusterCredentialPlace, proxyUrl: string): Promise<ClusterBriefing> {
    const [cluster, connection] = await this.#pinned(place);
    return clusterBriefing(cluster, connection, proxyUrl);
  }

  /** What no output of a run may show. Throws CREDENTIAL_UNREADABLE. */
  async secrets(place: ClusterCredentialPlace): Promise<string[]> {
    const [, { credential }] = await this.#pinned(place);
    return [credential.kind === 'TOKEN' ? credential.token : credential.key];
  }

  /** The one place that a cluster's runs may connect to; undefined when the cluster is gone. */
  async address(place: ClusterCredentialPlace): Promise<Endpoint | undefined> {
    const connection = await this.deps.repository.findConnection(place);
    return connection && clusterAddress(connection);
  }

  async #acceptable(tenantId: TenantId, connection: ClusterConnection): Promise<ClusterFindings> {
    const findings = await preflight(connection, this.deps.dial);
    if (findings.canReadSecrets && !this.deps.allowsSecretReading(tenantId)) throw clusterFailure('SECRETS_READABLE');
    return findings;
  }

  #columnsOf(
    { tenantId, id }: Pick<ClusterEntity, 'tenantId' | 'id'>,
    { credential, ...endpoint }: ClusterConnection,
    version: number,
  ) {
    return {
      ...endpoint,
      credentialKind: credential.kind,
      credentialVersion: version,
      credentialExpiresAt: credentialExpiry(credential),
      sealed: this.deps.sealer.seal({ tenantId, clusterId: id, version }, credential),
    };
  }

  async #requireSealed(tenantId: TenantId, id: ClusterId): Promise<ClusterEntity> {
    const row = await this.deps.repository.findSealed(tenantId, id);
    if (!row) throw await this.deps.repository.missError(tenantId, id);
    return row;
  }

  /** The cluster as it is, and the connection to it of that version. */
  async #pinned(place: ClusterCredentialPlace): Promise<[Cluster, ClusterConnection]> {
    const { repository } = this.deps;
    const [cluster, sealed] = await Promise.all([
      repository.find(place.tenantId, place.clusterId),
      repository.findConnection(place),
    ]);
    if (!cluster) throw await repository.missError(place.tenantId, place.clusterId);
    if (!sealed) throw this.#unreadable(place, cluster.name, 'there is no such version');
    return [cluster, this.#opened(place, cluster.name, sealed)];
  }

  #open(row: ClusterEntity): ClusterConnection {
    const { tenantId, id: clusterId, credentialVersion: version, name } = row;
    return this.#opened({ tenantId, clusterId, version }, name, row);
  }

  #opened(place: ClusterCredentialPlace, name: string, row: SealedConnection): ClusterConnection {
    const { serverUrl, certificateAuthority, tlsServerName, namespace, sealed } = row;
    try {
      const credential = this.deps.sealer.open(place, sealed);
      return { serverUrl, certificateAuthority, tlsServerName, namespace, credential };
    } catch (error) {
      throw this.#unreadable(place, name, error instanceof Error ? error.message : 'unknown reason');
    }
  }

  #unreadable(place: ClusterCredentialPlace, name: string, reason: string): TriagedError {
    this.deps.logger.error({ ...place, reason }, 'a credential cannot be read');
    const { clusterId, version } = place;
    return new TriagedError(
      'CREDENTIAL_UNREADABLE',
      `The credential of the cluster ${name} cannot be read. Set it again with updateCluster.`,
      { clusterId, version },
    );
  }

  #name(path: string, text: string): string {
    return lineInput(path, 'A name', text, this.deps.limits.maxNameLength);
  }
}

async function withUniqueName<T>(name: string | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error, 'clusters_name_unique')) throw error;
    throw new TriagedError('DUPLICATE_NAME', 'There is a cluster of this name already; choose another.', {
      path: 'input.name',
      name,
    });
  }
}
