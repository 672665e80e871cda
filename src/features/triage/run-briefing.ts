import { createHmac, hkdfSync } from 'node:crypto';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { CONNECT_PROXY_MARK } from '../../../agent-image/triaged-init/protocol.js';
import type { Bootstrap, BootstrapFile } from '../../../agent-image/triaged-init/protocol.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { newRunId } from '../../kernel/ids.js';
import type { RunId } from '../../kernel/ids.js';
import type { ProviderFeature } from '../../kernel/provider-features.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import type { MasterSecrets } from '../../kernel/master-secrets.js';
import type { ContainerRuntime, RunLayout } from '../../ports/container-runtime.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import { adapterOf, AiAgentConfigurationEntity, bindingOf } from '../ai-agents/index.js';
import type { ConfigurationFolder } from '../ai-agents/index.js';
import { PERMISSIONS_FILE } from '../clusters/index.js';
import type { ClusterBriefing, ClusterService } from '../clusters/index.js';
import type { CredentialService } from '../credentials/index.js';
import type { GatewayCaller } from '../gateway/index.js';
import { InstanceEntity } from '../instances/index.js';
import { clusterOf } from './run-cluster.js';
import { incidentFileOf, PROXY_VARIABLES, runEnvironment } from './run-environment.js';
import type { RunVariable } from './run-environment.js';
import type { TriageRunEntity } from './triage-run.entity.js';

export const GRACE_SECONDS = 10;

export interface RunBriefingDependencies {
  readonly dataSource: DataSource;
  readonly credentials: CredentialService;
  readonly clusters: Pick<ClusterService, 'briefing' | 'secrets'>;
  readonly folders: ConfigurationFolder;
  readonly runtime: Pick<ContainerRuntime, 'layout'>;
  readonly masterSecrets: MasterSecrets;
  readonly maxArtifactBytes: number;
}

/** What a run's container is told. It holds secrets, so it is made when asked for and not kept. */
export class RunBriefing {
  readonly #tokenSecrets: readonly [Buffer, ...Buffer[]];

  constructor(private readonly deps: RunBriefingDependencies) {
    const { primary, secondary } = deps.masterSecrets;
    this.#tokenSecrets = [tokenSecretOf(primary), ...(secondary ? [tokenSecretOf(secondary)] : [])];
  }

  /** The same for every server with this master secret. Those behind the first are of runs begun under the secondary one. */
  channelTokens(runId: RunId): readonly [string, ...string[]] {
    const [first, ...others] = this.#tokenSecrets;
    return [tokenOf(first, runId), ...others.map((secret) => tokenOf(secret, runId))];
  }

  /**
   * What the agent presents at the gateway, the first of which it is given: its provider's key, or a token that leads
   * nowhere else, made for this run and of no use once its channel is closed.
   */
  agentKeys({ id, keyDelivery }: TriageRunEntity, providerKey: string): readonly [string, ...string[]] {
    if (keyDelivery === 'ENVIRONMENT') return [providerKey];
    const [first, ...others] = this.channelTokens(id);
    return [brokeredKey(first), ...others.map(brokeredKey)];
  }

  layout(run: TriageRunEntity): RunLayout {
    return this.deps.runtime.layout(run.id, this.deps.folders.pathOf(run.instanceId, run.aiAgent));
  }

  /** The pinned key in plain text. Throws CREDENTIAL_UNREADABLE, CREDENTIAL_REVOKED. */
  key({ tenantId, instanceId, aiAgent, credentialVersion: version }: TriageRunEntity): Promise<string> {
    const place = { tenantId, instanceId, aiAgent, version };
    return inTenant(tenantId, () => this.deps.credentials.open(this.deps.dataSource.manager, place));
  }

  /** Where the gateway sends the run's model calls. */
  async endpoint(run: TriageRunEntity): Promise<Required<Pick<GatewayCaller, 'provider' | 'baseUrl'>>> {
    const { provider, baseUrl } = await this.#configuration(run);
    return { baseUrl, provider: bindingOf(adapterOf(run.aiAgent), provider).provider };
  }

  /** What the run's instance lets the provider do for the agent, as of now. */
  async providerFeatures({ tenantId, instanceId }: TriageRunEntity): Promise<readonly ProviderFeature[]> {
    const select = { tenantId: true, id: true, providerFeatures: true } as const;
    const options = { where: { tenantId, id: instanceId }, select };
    const read = () => this.deps.dataSource.manager.findOneOrFail(InstanceEntity, options);
    return (await inTenant(tenantId, read)).providerFeatures;
  }

  /** What `bootstrap` brings to a run with this provider that asks for nothing special; for its names, the values are stand-ins. */
  environmentOf(
    { id: instanceId, egress }: Pick<InstanceEntity, 'id' | 'egress'>,
    aiAgent: AiAgent,
    provider: ModelProvider | null,
  ): readonly RunVariable[] {
    const layout = this.deps.runtime.layout(newRunId(), this.deps.folders.pathOf(instanceId, aiAgent));
    const run = { id: '', model: '', allowedTools: null, debug: false, systemPromptFile: null };
    return runEnvironment({ aiAgent, provider, key: '', layout, hasEgress: egress.length > 0, run });
  }

  /** Folders that hold secrets or what the agent changes of its configuration. */
  memoryFolders(run: TriageRunEntity): string[] {
    const { configurationFolder, kubeconfig } = this.layout(run);
    return [configurationFolder, ...(run.clusterId === null ? [] : [path.dirname(kubeconfig)])];
  }

  /** What no output of the run may show. Throws CREDENTIAL_UNREADABLE or CREDENTIAL_REVOKED when one cannot be had. */
  async secrets(run: TriageRunEntity): Promise<string[]> {
    const cluster = clusterOf(run);
    const [key, ofCluster] = await Promise.all([
      this.key(run),
      cluster ? inTenant(run.tenantId, () => this.deps.clusters.secrets(cluster)) : [],
    ]);
    return [key, ...this.agentKeys(run, key), ...this.channelTokens(run.id), ...ofCluster];
  }

  async bootstrap(run: TriageRunEntity): Promise<Bootstrap> {
    const layout = this.layout(run);
    const adapter = adapterOf(run.aiAgent);
    const [configuration, key, cluster] = await Promise.all([
      this.#configuration(run),
      this.key(run),
      this.#cluster(run),
    ]);
    const { model, provider, settings } = configuration;
    // The run's own list, which may be shorter: what the instance's allows would be allowed beside it.
    const { allowedTools } = run;
    const rendered = adapter
      .render({ model, provider, settings, allowedTools })
      .map(({ name, content }) => ({ path: path.posix.join(layout.configurationFolder, name), content }));
    const systemPromptFile = run.systemPrompt === null ? null : path.posix.join(layout.workspace, 'system-prompt.md');
    const inputs = [
      { path: incidentFileOf(layout), content: run.incident },
      { path: path.posix.join(layout.workspace, 'prompt.md'), content: run.prompt },
      ...(cluster ? [{ path: path.posix.join(layout.workspace, PERMISSIONS_FILE), content: cluster.permissions }] : []),
      ...(systemPromptFile === null ? [] : [{ path: systemPromptFile, content: run.systemPrompt ?? '' }]),
    ];
    const kubeconfig = cluster && {
      ...ownerOnly({ path: layout.kubeconfig, content: cluster.kubeconfig }),
      substitute: true,
    };
    const variables = runEnvironment({
      ...{ aiAgent: run.aiAgent, provider, layout, key: this.agentKeys(run, key)[0] },
      hasEgress: run.egress.length > 0,
      run: { id: run.id, model: run.model, allowedTools, debug: run.debug, systemPromptFile },
    });
    return {
      channelToken: this.channelTokens(run.id)[0],
      environment: Object.fromEntries(
        variables.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
      ),
      modelBaseUrls: bindingOf(adapter, provider).modelBaseUrls,
      connectProxyVariables: run.egress.length > 0 ? PROXY_VARIABLES : [],
      files: [...[...rendered, ...inputs].map(ownerOnly), ...(kubeconfig ? [kubeconfig] : [])],
      command: [path.posix.join(layout.runners, 'run-agent.sh'), '--inside'],
      workingDirectory: layout.workspace,
      workspace: layout.workspace,
      output: layout.output,
      timeoutSeconds: run.timeoutSeconds,
      graceSeconds: GRACE_SECONDS,
      maxArtifactBytes: this.deps.maxArtifactBytes,
    };
  }

  /** The pinned one. */
  #configuration(run: TriageRunEntity): Promise<AiAgentConfigurationEntity> {
    const { tenantId, instanceId, aiAgent, configurationRevision: revision } = run;
    const where = { tenantId, instanceId, aiAgent, revision };
    return inTenant(tenantId, () => this.deps.dataSource.manager.findOneByOrFail(AiAgentConfigurationEntity, where));
  }

  async #cluster(run: TriageRunEntity): Promise<ClusterBriefing | undefined> {
    const cluster = clusterOf(run);
    return cluster && inTenant(run.tenantId, () => this.deps.clusters.briefing(cluster, CONNECT_PROXY_MARK));
  }
}

const tokenSecretOf = (masterSecret: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', masterSecret, 'triaged', 'channel-token', 32));

const tokenOf = (secret: Buffer, runId: RunId): string =>
  createHmac('sha256', secret).update(runId).digest('base64url');

/** Not the channel's token itself: who holds the one cannot speak in triaged-init's name. */
const brokeredKey = (channelToken: string): string =>
  `triaged-run-${createHmac('sha256', channelToken).update('brokered key').digest('base64url')}`;

const ownerOnly = (file: { path: string; content: string }): BootstrapFile => ({
  path: file.path,
  mode: 0o600,
  contentBase64: Buffer.from(file.content).toString('base64'),
});
