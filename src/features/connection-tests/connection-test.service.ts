import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { TriagedError } from '../../kernel/errors.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { ModelUpstream } from '../../ports/model-upstream.js';
import { adapterOf, bindingOf } from '../ai-agents/index.js';
import type { AiAgentConfigurationEntity, ConfigurationFolder } from '../ai-agents/index.js';
import { Audit } from '../audit/index.js';
import { revokedError } from '../credentials/index.js';
import type { CredentialService } from '../credentials/index.js';
import { aiAgentView } from '../instances/index.js';
import type { InstanceService } from '../instances/index.js';
import { configurationFault } from './configuration-check.js';
import { connectionFailure } from './connection-failure.js';
import { ConnectionProber } from './connection-prober.js';
import type { ConnectionTest } from './connection-test.js';
import { apiModel } from './api-model.js';
import { probeOf } from './probe-choice.js';

export interface ConnectionTestServiceDependencies {
  readonly instances: Pick<InstanceService, 'locked'>;
  readonly credentials: CredentialService;
  readonly folders: ConfigurationFolder;
  readonly upstream: ModelUpstream;
}

/** So that a tenant cannot make this server knock at many doors at once. */
const MAX_UNDER_WAY = 2;

/** Tries an AI agent's ACTIVE key and configured model with its provider. */
export class ConnectionTestService {
  readonly #prober: ConnectionProber;
  readonly #underWay = new Map<TenantId, number>();

  constructor(private readonly deps: ConnectionTestServiceDependencies) {
    this.#prober = new ConnectionProber({ upstream: deps.upstream });
  }

  get upstream(): ModelUpstream['kind'] {
    return this.deps.upstream.kind;
  }

  /**
   * A failed test is a result; rejected is what could not be tried: AI_AGENT_NOT_CONFIGURED, CREDENTIAL_REVOKED without an
   * active key, CREDENTIAL_UNREADABLE, RATE_LIMITED when the tenant has too many tests under way. Not counted as usage: it is no run's.
   */
  async test(actor: Actor, input: { readonly instanceId: string; readonly aiAgent: AiAgent }): Promise<ConnectionTest> {
    const instanceId = uuidArgument<InstanceId>('input.instanceId', input.instanceId);
    return this.#bounded(actor.tenantId, async () => {
      const { configuration, key } = await this.#opened(actor, instanceId, input.aiAgent);
      return this.#try(configuration, key);
    });
  }

  /**
   * The configuration and the key that was given for it: read under the instance's lock, so that no key is sent where an
   * earlier revision would have it. The use is recorded before the key is had.
   */
  #opened(actor: Actor, instanceId: InstanceId, aiAgent: AiAgent) {
    return this.deps.instances.locked(actor, instanceId, async (manager, instance) => {
      const { configuration, credential, newestCredential } = await aiAgentView(manager, instance, aiAgent);
      if (newestCredential?.state === 'REVOKED') throw revokedError(newestCredential);
      if (!configuration || !credential) {
        const message = `${aiAgent} is not configured on this instance: call configureAiAgent.`;
        throw new TriagedError('AI_AGENT_NOT_CONFIGURED', message, { instanceId, aiAgent });
      }
      const subject = { instanceId, aiAgent, credentialVersion: credential.version };
      const details = { revision: `${configuration.revision}` };
      await Audit.record(manager, actor, { action: 'CONNECTION_TESTED', ...subject, details });
      return { configuration, key: await this.deps.credentials.open(manager, credential) };
    });
  }

  async #try(configuration: AiAgentConfigurationEntity, key: string): Promise<ConnectionTest> {
    const { instanceId, aiAgent, baseUrl } = configuration;
    const { provider, defaultModel } = bindingOf(adapterOf(aiAgent), configuration.provider);
    const model = apiModel(aiAgent, provider, configuration.model ?? defaultModel);
    const answer = await this.#prober.probe({ probe: probeOf(aiAgent, provider, model), model, key, baseUrl });
    if (aiAgent !== 'OPENCODE' && aiAgent !== 'GOOSE') {
      return { aiAgent, ok: answer.ok, failure: answer.failure, provider: answer };
    }
    const fault = await configurationFault(this.deps.folders, instanceId, aiAgent, configuration);
    const failure = fault === undefined ? null : connectionFailure('BAD_CONFIG', { message: fault });
    return { aiAgent, ok: failure === null, failure, provider: answer };
  }

  async #bounded<T>(tenantId: TenantId, work: () => Promise<T>): Promise<T> {
    const underWay = this.#underWay.get(tenantId) ?? 0;
    if (underWay >= MAX_UNDER_WAY) {
      const message = `${MAX_UNDER_WAY} connection tests of this tenant are under way. Try again when one has ended.`;
      throw new TriagedError('RATE_LIMITED', message, { limit: MAX_UNDER_WAY, remaining: 0, retryAfterSeconds: 10 });
    }
    this.#underWay.set(tenantId, underWay + 1);
    try {
      return await work();
    } finally {
      const left = this.#underWay.get(tenantId)! - 1;
      if (left > 0) this.#underWay.set(tenantId, left);
      else this.#underWay.delete(tenantId);
    }
  }
}
