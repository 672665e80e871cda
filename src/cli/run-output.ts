import { AgentEventDecoder, lineParsers, renderForTerminal, type AgentEvent } from '../../sdk/src/renderer/index.js';
import type { TriageRun } from '../../sdk/src/index.js';
import { explain } from './explain.js';
import { safeJson } from './output/json.js';
import type { Session } from './session.js';

/** Some ten minutes without a server. */
export const MAX_FAILURES = 60;
/** Failures in a row of which one is told. */
const TOLD_EVERY = 10;

export interface RunOutputOptions {
  /** The bytes as they are. */
  readonly raw: boolean;
  /** Up to this byte; to the run's end unless given. */
  readonly until?: number;
  readonly signal?: AbortSignal;
  /** Awaited before each piece, so that a question can be read. */
  readonly gate?: () => Promise<void> | undefined;
}

/** Writes a run's log to stdout: rendered, as bytes, or as events in lines of JSON. A lost connection is told, with the reason, and made again. */
export async function writeRunOutput(
  { client, out, err, json }: Session,
  { id, aiAgent }: Pick<TriageRun, 'id' | 'aiAgent'>,
  { raw, until = Number.POSITIVE_INFINITY, signal, gate }: RunOutputOptions,
): Promise<void> {
  if (until === 0) return;
  const decoder = new AgentEventDecoder(lineParsers[aiAgent]);
  const render = (event: AgentEvent): string =>
    json ? `${safeJson(event)}\n` : renderForTerminal(event, { colour: out.colour });
  const write = async (events: readonly AgentEvent[]) => out.write(events.map(render).join(''));
  const pieces = client.triageOutput(id, {
    signal,
    maxFailures: MAX_FAILURES,
    onReconnect: ({ failures, offset, error }) => {
      const { message } = explain(error);
      if (failures === 1) void err.line(`${message} Going on at byte ${offset}.`);
      else if (failures % TOLD_EVERY === 0) void err.line(`${message} That was try ${failures} of ${MAX_FAILURES}.`);
    },
  });
  for await (const { offset, nextOffset, bytes } of pieces) {
    await gate?.();
    const wanted = bytes.subarray(0, until - offset);
    await (raw ? out.write(wanted) : write(decoder.push(wanted)));
    if (nextOffset >= until) break;
  }
  if (!raw) await write(decoder.end());
}
