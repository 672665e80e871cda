import { ConnectionLost } from './errors.js';
import { TriageOutputDocument } from './generated/graphql.js';
import { reconnecting, type ReconnectEvent, type ReconnectOptions } from './reconnecting.js';
import { FellBehind, type Subscriptions } from './subscriptions.js';

/** A piece of a run's log; each begins where the one before ended. */
export interface OutputChunk {
  /** In bytes from the log's beginning. */
  readonly offset: number;
  /** `offset` and the length of `bytes`: where to go on. */
  readonly nextOffset: number;
  /** As the agent wrote them, save what is masked. Not to be trusted: see terminalText of the renderer. */
  readonly bytes: Uint8Array;
  /**
   * The bytes as UTF-8, invalid ones as U+FFFD. A character that two chunks share stands in the second; one that the log's
   * end cuts comes in a last chunk without bytes.
   */
  readonly text: string;
}

export interface OutputOptions extends Omit<ReconnectOptions, 'onReconnect'> {
  /** In bytes; 0 unless given. */
  readonly fromOffset?: number | undefined;
  /** Told before each try but the first, with the offset at which it goes on. */
  readonly onReconnect?: ((event: ReconnectEvent & { readonly offset: number }) => void) | undefined;
}

/** Chunks of 64 KiB at most: what a reader that stalls costs in memory. */
const MAX_WAITING = 128;

/** Every byte of a run's log from an offset on, once and in order, until the run has ended. */
export async function* triageOutput(
  subscriptions: Subscriptions,
  runId: string,
  { fromOffset = 0, onReconnect, signal, ...options }: OutputOptions = {},
): AsyncGenerator<OutputChunk, void> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let offset = fromOffset;
  const once = async function* (): AsyncGenerator<OutputChunk, void> {
    const variables = { runId, fromOffset: offset, encoding: 'BASE64' as const };
    const bounded = { signal, maxWaiting: MAX_WAITING };
    for await (const { triageOutput: chunk } of subscriptions.subscribe(TriageOutputDocument, variables, bounded)) {
      const bytes = bytesOf(chunk.data);
      const { nextOffset } = chunk;
      if (chunk.offset !== offset || nextOffset !== offset + bytes.length) {
        throw new ConnectionLost(`A piece of the log at ${chunk.offset} came where ${offset} was to come.`);
      }
      offset = nextOffset;
      yield { offset: chunk.offset, nextOffset, bytes, text: decoder.decode(bytes, { stream: true }) };
    }
  };
  const open = async function* (): AsyncGenerator<OutputChunk, void> {
    for (;;) {
      try {
        return yield* once();
      } catch (error) {
        if (!(error instanceof FellBehind)) throw error;
      }
    }
  };
  yield* reconnecting(open, {
    ...options,
    signal: subscriptions.until(signal),
    onReconnect: (event) => onReconnect?.({ ...event, offset }),
  });
  const rest = decoder.decode();
  if (rest !== '') yield { offset, nextOffset: offset, bytes: new Uint8Array(), text: rest };
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
