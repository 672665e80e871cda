import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from '../adapters/metrics/index.js';
import type { ExecutionTrace } from '../features/executions/index.js';
import type { Gateway, ModelCallGate, ModelCallJournal } from '../features/gateway/index.js';
import type { RunObserver, StartTrace } from '../features/triage/index.js';
import type { TenantQuota } from '../graphql/index.js';
import type { ModelUpstream } from '../ports/model-upstream.js';
import type { Traces } from './tracing.js';

/** `2xx` of 200; `none` when there was no answer. */
const statusClass = (status: number | undefined): string =>
  status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;

const secondsSince = (began: number): number => (performance.now() - began) / 1_000;

export type GatewayCalls = Pick<Gateway, 'handle' | 'refuse' | 'refuseUnread'>;

/** Gives each part as it is, or seen by metrics and traces. */
export interface ObservedParts {
  gateway(gateway: GatewayCalls): GatewayCalls;
  upstream(upstream: ModelUpstream): ModelUpstream;
  journal(journal: ModelCallJournal): ModelCallJournal;
  gate(gate: ModelCallGate): ModelCallGate;
  quota(quota: TenantQuota): TenantQuota;
  readonly runs: readonly RunObserver[];
  readonly startTrace?: StartTrace;
  readonly executionTrace?: ExecutionTrace;
  /** For what run logs grow by, and for HTTP requests; undefined when nobody looks. */
  readonly logWritten?: (bytes: number) => void;
  readonly request?: (request: IncomingMessage, response: ServerResponse) => void;
}

const UNOBSERVED: ObservedParts = {
  gateway: (gateway) => gateway,
  upstream: (upstream) => upstream,
  journal: (journal) => journal,
  gate: (gate) => gate,
  quota: (quota) => quota,
  runs: [],
};

export function observedBy(metrics: Metrics | undefined, traces: Traces | undefined): ObservedParts {
  const metered = metrics === undefined ? UNOBSERVED : meteredBy(metrics);
  if (traces === undefined) return metered;
  const { runs, executions } = traces;
  return {
    ...metered,
    gateway: (gateway) => runs.gateway(metered.gateway(gateway)),
    journal: (journal) => runs.journal(metered.journal(journal)),
    runs: [...metered.runs, runs.observer],
    startTrace: runs.start,
    executionTrace: executions,
  };
}

const meteredBy = (metrics: Metrics): ObservedParts => ({
  gateway: (gateway) => observedGateway(metrics, gateway),
  upstream: (upstream) => observedUpstream(metrics, upstream),
  journal: (journal) => observedJournal(metrics, journal),
  gate: (gate) => observedGate(metrics, gate),
  quota: (quota) => observedQuota(metrics, quota),
  runs: [runMetrics(metrics)],
  logWritten: (bytes) => metrics.logBytes.inc(bytes),
  request: observedRequests(metrics),
});

const observedGateway = (metrics: Metrics, gateway: GatewayCalls): GatewayCalls => ({
  async handle(request, response, caller) {
    const began = performance.now();
    await gateway.handle(request, response, caller);
    const { aiAgent, provider } = caller;
    const status = statusClass(response.headersSent ? response.statusCode : undefined);
    metrics.gatewayCalls.observe({ ai_agent: aiAgent, provider, status }, secondsSince(began));
  },
  refuse: (response, provider, kind) => gateway.refuse(response, provider, kind),
  refuseUnread: (...refused) => gateway.refuseUnread(...refused),
});

const observedUpstream = (metrics: Metrics, upstream: ModelUpstream): ModelUpstream => ({
  kind: upstream.kind,
  async send(request) {
    const began = performance.now();
    const { provider } = request;
    const tell = (status: number | undefined): void =>
      metrics.providerAnswers.observe({ provider, status: statusClass(status) }, secondsSince(began));
    try {
      const answer = await upstream.send(request);
      tell(answer.status);
      return answer;
    } catch (error) {
      tell(undefined);
      throw error;
    }
  },
  close: () => upstream.close(),
});

const observedJournal = (metrics: Metrics, journal: ModelCallJournal): ModelCallJournal => ({
  began: (call) => journal.began(call),
  ended(call) {
    journal.ended(call);
    const kinds = {
      input: call.inputTokens,
      output: call.outputTokens,
      cache_read: call.cacheReadTokens,
      cache_write: call.cacheWriteTokens,
      reasoning: call.reasoningTokens,
    };
    for (const [kind, tokens] of Object.entries(kinds)) metrics.tokens.inc({ ai_agent: call.aiAgent, kind }, tokens);
  },
  limited: (call) => journal.limited(call),
  refused: (call) => journal.refused(call),
});

const observedGate = (metrics: Metrics, gate: ModelCallGate): ModelCallGate => ({
  async admit(call) {
    const admission = await gate.admit(call);
    if (!admission.admitted) metrics.callsLimited.inc({ ai_agent: call.aiAgent, limit: admission.limit.toLowerCase() });
    return admission;
  },
});

const observedQuota = (metrics: Metrics, quota: TenantQuota): TenantQuota => ({
  async take(actor, points) {
    try {
      return await quota.take(actor, points);
    } catch (error) {
      metrics.quotaRefusals.inc({ reason: 'unavailable' });
      throw error;
    }
  },
  exhausted: (actor) => quota.exhausted(actor),
  refused: () => metrics.quotaRefusals.inc({ reason: 'used_up' }),
});

const runMetrics = (metrics: Metrics): RunObserver => ({
  held({ fence, createdAt }) {
    // A later owner takes up what had begun.
    if (fence === 1) metrics.queueWait.observe(Math.max(0, Date.now() - createdAt.getTime()) / 1_000);
  },
  ended: ({ aiAgent }, { state }) => metrics.runsEnded.inc({ ai_agent: aiAgent, state }),
  forsaken: ({ aiAgent }) => metrics.runsEnded.inc({ ai_agent: aiAgent, state: 'LOST' }),
  left: () => undefined,
});

const observedRequests =
  (metrics: Metrics) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const began = performance.now();
    const route = routeOf(request.url ?? '');
    response.once('close', () => {
      const status = statusClass(response.headersSent ? response.statusCode : undefined);
      metrics.requests.observe({ route, status }, secondsSince(began));
    });
  };

/** One of four, whatever was asked for. */
function routeOf(url: string): string {
  const path = url.split('?', 1)[0]!;
  if (path === '/graphql') return 'graphql';
  if (path.startsWith('/runs/')) return 'artifacts';
  return path === '/livez' || path === '/readyz' ? 'health' : 'other';
}
