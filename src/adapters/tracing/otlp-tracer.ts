import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { IdGenerator, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { traceContextOf, type TraceContext } from '../../kernel/traceparent.js';
import type { FinishedSpan, Tracer } from '../../ports/tracer.js';

export interface OtlpTracerOptions {
  /** Of a collector that takes OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Tells this server from others. */
  readonly instanceId: string;
  readonly logger: Logger;
}

const SEND_AFTER_MS = 1_000;
const SEND_TIMEOUT_MS = 3_000;

/** The SDK asks for ids while a span begins, at once and not later: the span that begins says which. */
class GivenIds implements IdGenerator {
  given: TraceContext = { traceId: '', spanId: '' };

  generateTraceId(): string {
    return this.given.traceId;
  }

  generateSpanId(): string {
    return this.given.spanId;
  }
}

/** Sends spans to a collector, together, a second late at most. Headers for it come from OTEL_EXPORTER_OTLP_HEADERS. */
export class OtlpTracer implements Tracer {
  readonly #ids = new GivenIds();
  readonly #provider: TracerProvider;

  constructor({ endpoint, serviceName, instanceId, logger }: OtlpTracerOptions) {
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    const exporter = tellingExporter(new OTLPTraceExporter({ url, timeoutMillis: SEND_TIMEOUT_MS }), logger);
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instanceId }),
      // Each triage is one trace of few spans; half of one is of no use.
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      spanProcessors: [
        new BatchSpanProcessor({
          exporter,
          scheduledDelayMillis: SEND_AFTER_MS,
          exportTimeoutMillis: SEND_TIMEOUT_MS,
        }),
      ],
    });
  }

  record({ name, kind, traceparent, parentSpanId, startedAt, endedAt, attributes, error }: FinishedSpan): void {
    this.#ids.given = traceContextOf(traceparent);
    const parent = parentSpanId === undefined ? undefined : { ...this.#ids.given, spanId: parentSpanId };
    const span = this.#provider
      .getTracer('triaged')
      .startSpan(name, { kind: SpanKind[kind], startTime: startedAt, attributes }, below(parent));
    if (error !== undefined) {
      span.setAttribute('error.type', error);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(endedAt);
  }

  /** Sends what waits, as far as the collector takes it; the log has said so when it does not. */
  async close(): Promise<void> {
    await this.#provider.shutdown().catch(() => undefined);
  }
}

const below = (parent: TraceContext | undefined): Context =>
  parent === undefined
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags: TraceFlags.SAMPLED, isRemote: true });

/** Says once that spans are lost, and once that they are not any more. */
function tellingExporter(exporter: SpanExporter, logger: Logger): SpanExporter {
  let failing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !failing)
          logger.warn({ err: result.error }, 'the trace collector takes no spans: they are dropped');
        if (!failed && failing) logger.info('the trace collector takes spans again');
        failing = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}
