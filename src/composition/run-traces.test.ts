import { describe, expect, it } from '@jest/globals';
import { TriageRunEntity } from '../features/triage/index.js';
import { newInstanceId, newRunId, type TenantId } from '../kernel/ids.js';
import { newTraceparent, traceContextOf } from '../kernel/traceparent.js';
import type { FinishedSpan } from '../ports/tracer.js';
import { RunTraces } from './run-traces.js';

const forsakenRun = (traceparent: string | null, startedAt: Date | null): TriageRunEntity =>
  Object.assign(new TriageRunEntity(), {
    ...{ id: newRunId(), tenantId: 'acme' as TenantId, instanceId: newInstanceId(), aiAgent: 'CODEX_CLI', model: 'm' },
    ...{ runtime: 'DOCKER', state: 'LOST', reasonCode: 'SERVER_LOST', exitCode: null, traceparent, startedAt },
    ...{ createdAt: new Date(1_000), endedAt: new Date(9_000) },
  });

/** What is recorded of a run that another group had, which this server ended. */
function spansOfForsaken(run: TriageRunEntity): FinishedSpan[] {
  const spans: FinishedSpan[] = [];
  const tracer = { record: (span: FinishedSpan) => void spans.push(span), close: () => Promise.resolve() };
  new RunTraces(tracer).observer.forsaken(run);
  return spans;
}

describe('the trace of a run that was ended as LOST by another group', () => {
  it('has run and container below the mutation, whose place stands on the row', () => {
    const mutation = newTraceparent();
    const [run, container, ...others] = spansOfForsaken(forsakenRun(mutation, new Date(2_000)));
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      ...{ name: 'invoke_agent CODEX_CLI', startedAt: new Date(1_000), endedAt: new Date(9_000), error: 'SERVER_LOST' },
      ...{ parentSpanId: traceContextOf(mutation).spanId, attributes: { 'triaged.run.state': 'LOST' } },
    });
    expect(container).toMatchObject({ name: 'container', startedAt: new Date(2_000), error: 'SERVER_LOST' });
    expect(container!.parentSpanId).toBe(traceContextOf(run!.traceparent).spanId);
    for (const { traceparent } of [run!, container!])
      expect(traceContextOf(traceparent).traceId).toBe(traceContextOf(mutation).traceId);
  });

  it('has no container when no agent had started, and is none when nobody traced the mutation', () => {
    expect(spansOfForsaken(forsakenRun(newTraceparent(), null)).map(({ name }) => name)).toEqual([
      'invoke_agent CODEX_CLI',
    ]);
    expect(spansOfForsaken(forsakenRun(null, new Date(2_000)))).toEqual([]);
  });
});
