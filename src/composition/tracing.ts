import type { Logger } from 'pino';
import type { Config } from '../config/index.js';
import type { ClosingStack } from '../kernel/closing.js';
import { ExecutionTraces } from './execution-traces.js';
import { RunTraces } from './run-traces.js';

export interface Traces {
  readonly runs: RunTraces;
  readonly executions: ExecutionTraces;
}

/** Undefined when no collector was named: then nothing is recorded, and what would do it is not loaded. */
export async function openTracing(
  config: Config,
  instanceId: string,
  logger: Logger,
  closing: ClosingStack,
): Promise<Traces | undefined> {
  if (config.tracing === undefined) return undefined;
  const { OtlpTracer } = await import('../adapters/tracing/index.js');
  const tracer = new OtlpTracer({ ...config.tracing, instanceId, logger });
  closing.push('tracing', () => tracer.close());
  return { runs: new RunTraces(tracer), executions: new ExecutionTraces(tracer) };
}
