import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';

/** From a refusal in a millisecond to an answer that streams for ten minutes. */
const CALL_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const WAIT_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

/**
 * What an operator sees of this process, by names and labels of our own alone: AI agents, providers, states. Nothing that a
 * tenant chose is a label (no tenant, run or model), so that the number of series has a bound and a scrape tells of nobody.
 * docs/operation.md has the table; a test holds it to this file.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #of = { registers: [this.registry] };

  readonly runs = new Gauge({
    ...this.#of,
    name: 'triaged_runs',
    help: 'Open runs of all servers on the database.',
    labelNames: ['state'],
  });
  readonly queueOldest = new Gauge({
    ...this.#of,
    name: 'triaged_run_queue_oldest_seconds',
    help: 'How long the oldest queued run has waited, of all servers on the database; 0 when none waits.',
  });
  readonly queueWait = new Histogram({
    ...this.#of,
    name: 'triaged_run_queue_wait_seconds',
    help: 'From the mutation until this server took the run up first.',
    buckets: WAIT_SECONDS,
  });
  readonly runsEnded = new Counter({
    ...this.#of,
    name: 'triaged_runs_ended_total',
    help: 'Runs whose end this server recorded.',
    labelNames: ['ai_agent', 'state'],
  });
  readonly logBytes = new Counter({
    ...this.#of,
    name: 'triaged_run_log_bytes_total',
    help: 'Bytes that this server wrote to run logs.',
  });
  readonly sockets = new Gauge({
    ...this.#of,
    name: 'triaged_sockets',
    help: 'Open WebSockets.',
  });
  readonly subscriptions = new Gauge({
    ...this.#of,
    name: 'triaged_subscriptions',
    help: 'Open subscriptions on them.',
  });
  readonly requests = new Histogram({
    ...this.#of,
    name: 'triaged_http_request_duration_seconds',
    help: 'HTTP requests, to the end of their answer.',
    labelNames: ['route', 'status'],
    buckets: REQUEST_SECONDS,
  });
  readonly gatewayCalls = new Histogram({
    ...this.#of,
    name: 'triaged_gateway_call_duration_seconds',
    help: 'Model calls at the gateway, refused ones too, to the end of their answer.',
    labelNames: ['ai_agent', 'provider', 'status'],
    buckets: CALL_SECONDS,
  });
  readonly providerAnswers = new Histogram({
    ...this.#of,
    name: 'triaged_provider_answer_seconds',
    help: 'From sending a model call to its provider until the answer began.',
    labelNames: ['provider', 'status'],
    buckets: CALL_SECONDS,
  });
  readonly tokens = new Counter({
    ...this.#of,
    name: 'triaged_model_tokens_total',
    help: 'Tokens as the providers reported them; none is in two kinds.',
    labelNames: ['ai_agent', 'kind'],
  });
  readonly callsLimited = new Counter({
    ...this.#of,
    name: 'triaged_model_calls_limited_total',
    help: 'Model calls that a limit of their AI agent refused.',
    labelNames: ['ai_agent', 'limit'],
  });
  readonly quotaRefusals = new Counter({
    ...this.#of,
    name: 'triaged_quota_refusals_total',
    help: 'Requests and operations that the quota refused: it was used up, or its store did not answer.',
    labelNames: ['reason'],
  });
  readonly databaseConnections = new Gauge({
    ...this.#of,
    name: 'triaged_database_connections',
    help: 'Connections to Postgres.',
    labelNames: ['pool', 'state'],
  });
  readonly databaseWaiting = new Gauge({
    ...this.#of,
    name: 'triaged_database_waiting',
    help: 'What waits for a connection to Postgres.',
    labelNames: ['pool'],
  });

  readonly #looks: (() => void | Promise<void>)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Looks at each scrape. One that fails takes its own figures away and no other's. */
  atScrape(look: () => void | Promise<void>): void {
    this.#looks.push(look);
  }

  /** In Prometheus' text format. */
  async text(): Promise<string> {
    await Promise.allSettled(this.#looks.map(async (look) => look()));
    return this.registry.metrics();
  }
}
