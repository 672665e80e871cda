import type { ServerResponse } from 'node:http';
import type { ModelResponse } from '../../ports/model-upstream.js';
import type { CallLedger } from './call-ledger.js';
import type { MemoryShare } from './call-memory.js';
import { downstreamHeaders } from './headers.js';
import { MeteringTap } from './metering-tap.js';
import type { AllowedCall } from './protocol.js';
import { relay } from './relay.js';
import { plainReader } from './usage-reader.js';

export interface PassedAnswer {
  readonly response: ServerResponse;
  readonly call: AllowedCall;
  readonly ledger: CallLedger;
  readonly answer: ModelResponse;
  /** For what the answer's reader keeps. */
  readonly room: MemoryShare;
  /** Aborted when the agent's connection closes. */
  readonly ended: AbortController;
  /** Told of an answer that did not come through, and whose doing that was. */
  readonly onCut: (error: unknown, by: 'agent' | 'provider') => void;
}

/** Passes the provider's answer on as it comes and writes down what it cost. Never rejects: a cut is written down, too. */
export async function passAnswer({ response, call, ledger, answer, room, ended, onCut }: PassedAnswer): Promise<void> {
  const { status, headers } = answer;
  const reader = status < 400 ? call.usageReader(headers['content-type'] ?? '') : plainReader();
  const length = headers['content-length'];
  const tap = new MeteringTap({
    ...{ reader, room },
    contentEncoding: headers['content-encoding'] ?? '',
    contentLength: length === undefined ? undefined : Number(length),
    onWhole: () => ledger.answered(status, reader.findings, tap.decodedBytes),
  });
  let by: 'agent' | 'provider' = 'agent';
  // Looked at when the answer ends, because a cut by the provider makes us close the agent's connection too.
  for (const end of ['error', 'close']) answer.body.once(end, () => ended.signal.aborted || (by = 'provider'));
  try {
    response.writeHead(status, downstreamHeaders(headers));
    // With its length it comes in a piece or few, and the head with the first.
    if (length === undefined) response.flushHeaders();
    await relay(answer.body, tap, response);
    ledger.cut(status, reader.findings, 'provider', tap.decodedBytes);
  } catch (error) {
    ledger.cut(status, reader.findings, by, tap.decodedBytes);
    onCut(error, by);
    answer.body.destroy();
    response.destroy();
  } finally {
    room.giveBack();
  }
}
