import type { ExecutionTrace, TracedExecution } from '../features/executions/index.js';
import { TriagedError } from '../kernel/errors.js';
import { spanIdOf, traceparentOf } from '../kernel/traceparent.js';
import type { FinishedSpan, Tracer } from '../ports/tracer.js';
import { PROVIDER_NAMES, usageAttributes } from './gen-ai-attributes.js';

type OpenSpan = Omit<FinishedSpan, 'startedAt' | 'endedAt' | 'error'>;

/** One trace for each `runAgent` that a provider answers: mutation, model call. Its id is the execution's without dashes. */
export class ExecutionTraces implements ExecutionTrace {
  constructor(private readonly tracer: Tracer) {}

  mutation<T>(execution: TracedExecution, work: () => Promise<T>): Promise<T> {
    const { id, tenantId, pinned } = execution;
    const places = placesOf(execution);
    const span: OpenSpan = {
      name: 'mutation runAgent',
      kind: 'SERVER',
      traceparent: places.mutation,
      attributes: {
        'graphql.operation.type': 'mutation',
        'triaged.execution.id': id,
        'triaged.tenant.id': tenantId,
        'triaged.instance.id': pinned.instanceId,
      },
    };
    return this.#recorded(span, work);
  }

  modelCall<T extends Parameters<typeof usageOf>[0]>(execution: TracedExecution, work: () => Promise<T>): Promise<T> {
    const { id, model, pinned } = execution;
    const places = placesOf(execution);
    const span: OpenSpan = {
      name: `chat ${model}`,
      kind: 'CLIENT',
      traceparent: places.call,
      parentSpanId: places.mutationSpanId,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': PROVIDER_NAMES[pinned.provider],
        'gen_ai.request.model': model,
        'triaged.execution.id': id,
      },
    };
    return this.#recorded(span, work, usageOf);
  }

  async #recorded<T>(
    span: OpenSpan,
    work: () => Promise<T>,
    seen: (result: T) => FinishedSpan['attributes'] = () => ({}),
  ): Promise<T> {
    const startedAt = new Date();
    const record = (attributes: FinishedSpan['attributes'], error?: string): void =>
      this.tracer.record({
        ...span,
        ...{ startedAt, endedAt: new Date(), error },
        attributes: { ...span.attributes, ...attributes },
      });
    try {
      const result = await work();
      record(seen(result));
      return result;
    } catch (error) {
      record({}, error instanceof TriagedError ? error.code : 'INTERNAL');
      throw error;
    }
  }
}

const usageOf = ({ usage }: { readonly usage: Parameters<typeof usageAttributes>[0] }) => usageAttributes(usage);

function placesOf({ id }: TracedExecution) {
  const traceId = id.replaceAll('-', '');
  const mutationSpanId = spanIdOf(`execution ${id}`);
  return {
    mutationSpanId,
    mutation: traceparentOf({ traceId, spanId: mutationSpanId }),
    call: traceparentOf({ traceId, spanId: spanIdOf(`model call of ${id}`) }),
  };
}
