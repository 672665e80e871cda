import { NO_TOKENS, type ModelCall, type ModelCallOutcome } from '../usage/index.js';
import type { GatewayCaller, ModelCallRecorder } from './types.js';
import type { Findings } from './usage-reader.js';

/** Writes one call down once: the first end that is told counts, whatever is told after it does not. */
export class CallLedger {
  readonly #startedAt = new Date();
  #closed = false;

  constructor(
    readonly callId: string,
    private readonly caller: GatewayCaller,
    private readonly recorder: ModelCallRecorder,
  ) {}

  /** The whole answer is here; it may still have been an error. */
  answered(status: number, findings: Findings): void {
    const failed = status >= 400 || findings.failed;
    this.#close(failed ? 'FAILED' : 'COMPLETED', failed, status, findings);
  }

  /** The answer ended before it was whole. */
  cut(status: number, findings: Findings, by: 'agent' | 'provider'): void {
    if (status >= 400 || findings.failed) this.#close('FAILED', true, status, findings);
    else this.#close('PARTIAL', by === 'provider', status, findings);
  }

  /** There was no answer of the provider's. */
  failed(status: number): void {
    this.#close('FAILED', true, status);
  }

  /** The agent went away before there was an answer. */
  abandoned(): void {
    this.#close('PARTIAL', false, undefined);
  }

  #close(outcome: ModelCallOutcome, isError: boolean, status: number | undefined, findings?: Findings): void {
    if (this.#closed) return;
    this.#closed = true;
    const { tenantId, instanceId, runId, aiAgent } = this.caller;
    const call: ModelCall = {
      callId: this.callId,
      ...{ tenantId, instanceId, runId, aiAgent },
      startedAt: this.#startedAt,
      model: findings?.model,
      ...{ status, outcome, isError },
      ...(findings?.tokens ?? NO_TOKENS),
    };
    this.recorder.record(call);
  }
}
