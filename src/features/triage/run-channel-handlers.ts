import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import type { ArtifactStore } from '../artifacts/index.js';
import type { RunEgress } from '../egress/index.js';
import type { Gateway, GatewayCaller } from '../gateway/index.js';
import type { RunChannelHandlers } from '../run-channel/index.js';
import type { RunBriefing } from './run-briefing.js';
import type { RunAccess } from './run-access.js';
import type { RunStore } from './run.store.js';
import type { TriageRunEntity } from './triage-run.entity.js';

export interface RunChannelHandlersDependencies {
  readonly run: TriageRunEntity;
  /** Told what the container said, once it is safe. */
  readonly owner: {
    hasStarted(): boolean;
    started(): void;
    /** A model call has begun; what is given is called at its end. */
    asks(): () => void;
    /** The agent has ended: its artifacts come. */
    left(): void;
    reported(report: ExitReport): void;
    /** A later owner has the run. */
    lost(): void;
  };
  readonly store: RunStore;
  readonly artifacts: ArtifactStore;
  readonly briefing: RunBriefing;
  readonly access: Pick<RunAccess, 'current'>;
  readonly gateway: Pick<Gateway, 'handle' | 'refuse' | 'refuseUnread'>;
  readonly egress: Pick<RunEgress, 'dial'>;
  readonly bus: EventBus;
  readonly logger: Logger;
}

/** What a handler throws, the container tries again. */
export function runChannelHandlers(deps: RunChannelHandlersDependencies): RunChannelHandlers {
  const { run, owner, store, logger } = deps;
  const { id: runId, tenantId, instanceId, aiAgent } = run;
  let endpoint: ReturnType<RunBriefing['endpoint']> | undefined;
  let caller: GatewayCaller | undefined;

  const mine = (held: boolean): void => {
    if (held) return;
    owner.lost();
    throw new Error('the run has a later owner');
  };

  const accessNow = async () => {
    endpoint ??= deps.briefing.endpoint(run).catch((error: unknown) => {
      endpoint = undefined;
      throw error;
    });
    const [where, access] = await Promise.all([endpoint, deps.access.current()]);
    return { ...where, ...access };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let access: Awaited<ReturnType<typeof accessNow>>;
    try {
      access = await accessNow();
    } catch (error) {
      deps.gateway.refuseUnread(request, response, { tenantId, instanceId, runId, aiAgent }, error);
      return;
    }
    const { provider, baseUrl, key: credential, providerFeatures } = access;
    if (credential === undefined) {
      deps.gateway.refuse(response, provider, 'revokedKey');
      return;
    }
    caller ??= {
      ...{ tenantId, instanceId, runId, aiAgent, provider, baseUrl, credential },
      agentKeys: deps.briefing.agentKeys(run, credential),
    };
    if (caller.providerFeatures !== providerFeatures) caller = { ...caller, providerFeatures };
    await deps.gateway.handle(request, response, caller);
  };

  return {
    bootstrap: () => deps.briefing.bootstrap(run),
    hasStarted: () => owner.hasStarted(),

    async started() {
      mine(await store.markStarted(run));
      owner.started();
      deps.bus.publish(topics.run(runId));
    },

    async artifacts(tar) {
      owner.left();
      const result = await deps.artifacts.receive(runId, tar);
      logger.info({ runId, ...result }, 'received artifacts');
    },

    async exited(report) {
      try {
        mine(await store.keepReport(run, report));
      } catch (error) {
        // The owner remembers it and records the end when the database is back.
        if (!isDatabaseUnavailable(error)) throw error;
      }
      owner.reported(report);
    },

    async modelCall(request, response) {
      const answered = owner.asks();
      try {
        await answer(request, response);
      } finally {
        answered();
      }
    },

    connect: (authority, gone) => deps.egress.dial(authority, gone),
  };
}
