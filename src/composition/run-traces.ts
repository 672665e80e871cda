import type { ModelCallJournal } from '../features/gateway/index.js';
import type { ObservedEnd, RunObserver, StartTrace, TriageRunEntity } from '../features/triage/index.js';
import type { ModelCall } from '../features/usage/index.js';
import { TriagedError } from '../kernel/errors.js';
import type { RunId } from '../kernel/ids.js';
import { newTraceparent, spanIdOf, traceContextOf, traceparentOf } from '../kernel/traceparent.js';
import type { Tracer } from '../ports/tracer.js';
import { PROVIDER_NAMES, usageAttributes } from './gen-ai-attributes.js';
import type { GatewayCalls } from './observed-parts.js';

/**
 * One trace for each triage: mutation, run, container, model calls. The mutation's place is kept on the run's row; the ids of
 * run and container follow from the run's id. So whichever server has the run knows its place, and the spans of a run that
 * several servers had are recorded once, by the one that records its end.
 */
export class RunTraces {
  /** The mutation's place, of each run that this server has. */
  readonly #held = new Map<RunId, string>();
  readonly #providers = new Map<RunId, string>();

  constructor(private readonly tracer: Tracer) {}

  readonly start: StartTrace = async (work) => {
    const traceparent = newTraceparent();
    const startedAt = new Date();
    const record = (runId: RunId | undefined, error?: string): void =>
      this.tracer.record({
        name: 'mutation startTriage',
        kind: 'SERVER',
        traceparent,
        ...{ startedAt, endedAt: new Date() },
        attributes: { 'graphql.operation.type': 'mutation', 'triaged.run.id': runId },
        error,
      });
    try {
      const run = await work(traceparent);
      record(run.id);
      return run;
    } catch (error) {
      record(undefined, error instanceof TriagedError ? error.code : 'INTERNAL');
      throw error;
    }
  };

  readonly observer: RunObserver = {
    held: ({ id, traceparent }) => {
      if (traceparent !== null) this.#held.set(id, traceparent);
    },
    ended: (run, { reason, ...end }) =>
      this.#run(run, { ...end, reasonCode: reason?.code ?? null }, this.#held.get(run.id)),
    // Its own servers are gone, and its row has all that is to be known.
    forsaken: (run) => {
      const { reasonCode, exitCode, startedAt, endedAt } = run;
      const end = { state: 'LOST', reasonCode, exitCode, startedAt, endedAt: endedAt! } as const;
      this.#run(run, end, run.traceparent ?? undefined);
    },
    left: (runId) => {
      this.#held.delete(runId);
      this.#providers.delete(runId);
    },
  };

  gateway(gateway: GatewayCalls): GatewayCalls {
    return {
      handle: (request, response, caller) => {
        if (caller.runId !== null) this.#providers.set(caller.runId, PROVIDER_NAMES[caller.provider]);
        return gateway.handle(request, response, caller);
      },
      refuse: (...refused) => gateway.refuse(...refused),
      refuseUnread: (...refused) => gateway.refuseUnread(...refused),
    };
  }

  journal(journal: ModelCallJournal): ModelCallJournal {
    return {
      began: (call) => journal.began(call),
      ended: (call) => {
        journal.ended(call);
        this.#call(call);
      },
      limited: (call) => journal.limited(call),
      refused: (call) => {
        journal.refused(call);
        this.#call(call);
      },
    };
  }

  #run(run: TriageRunEntity, end: RunEnd, mutation: string | undefined): void {
    const places = placesOf(run.id, mutation);
    if (!places) return;
    const { state, reasonCode, exitCode, startedAt, endedAt } = end;
    const ids = { 'triaged.run.id': run.id };
    this.tracer.record({
      name: `invoke_agent ${run.aiAgent}`,
      kind: 'INTERNAL',
      traceparent: traceparentOf(places.run),
      parentSpanId: places.mutation.spanId,
      ...{ startedAt: run.createdAt, endedAt },
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': this.#providers.get(run.id),
        'gen_ai.agent.name': run.aiAgent,
        'gen_ai.request.model': run.model,
        ...{ ...ids, 'triaged.tenant.id': run.tenantId, 'triaged.instance.id': run.instanceId },
        'triaged.run.state': state,
      },
      error: reasonCode ?? undefined,
    });
    if (startedAt === null) return;
    this.tracer.record({
      name: 'container',
      kind: 'INTERNAL',
      traceparent: traceparentOf(places.container),
      parentSpanId: places.run.spanId,
      ...{ startedAt, endedAt },
      attributes: {
        ...ids,
        'container.runtime.name': run.runtime.toLowerCase(),
        'process.exit.code': exitCode ?? undefined,
      },
      error: exitCode === 0 ? undefined : (reasonCode ?? state),
    });
  }

  #call(call: ModelCall): void {
    const places = call.runId === null ? undefined : placesOf(call.runId, this.#held.get(call.runId));
    if (!places) return;
    const { model } = call;
    this.tracer.record({
      name: model === undefined ? 'model call' : `chat ${model}`,
      kind: 'CLIENT',
      traceparent: traceparentOf({ traceId: places.run.traceId, spanId: spanIdOf(call.callId) }),
      parentSpanId: places.container.spanId,
      ...{ startedAt: call.startedAt, endedAt: new Date() },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': this.#providers.get(call.runId!),
        'gen_ai.response.model': model,
        ...usageAttributes(call),
        'http.response.status_code': call.status,
        'triaged.run.id': call.runId!,
        'triaged.model_call.outcome': call.outcome,
      },
      error: call.error,
    });
  }
}

interface RunEnd extends Omit<ObservedEnd, 'reason'> {
  readonly reasonCode: TriageRunEntity['reasonCode'];
}

function placesOf(runId: RunId, mutation: string | undefined) {
  if (mutation === undefined) return undefined;
  const { traceId, spanId } = traceContextOf(mutation);
  return {
    mutation: { traceId, spanId },
    run: { traceId, spanId: spanIdOf(`run ${runId}`) },
    container: { traceId, spanId: spanIdOf(`container ${runId}`) },
  };
}
