import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Bootstrap, ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import type { RunId } from '../../kernel/ids.js';

/** What the owner of a run does with what its container says. Each may be called again with the same content. */
export interface RunChannelHandlers {
  /** Called only while the run has not started; holds secrets, so it is built when asked for and not kept. */
  bootstrap(): Promise<Bootstrap>;
  /** True once `started` was recorded, also by an earlier server. */
  hasStarted(): boolean;
  started(): Promise<void>;
  /** A tar of `workspace/…` and `output/…`, made by a container that may be hostile. */
  artifacts(tar: Readable): Promise<void>;
  exited(report: ExitReport): Promise<void>;
  /** A model call; `request.url` is the path after `/model`, e.g. `/anthropic/v1/messages?beta=true`. */
  modelCall(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * A connection for a tunnel to `authority`, which the agent chose, e.g. `example.com:443`; made with `allowHalfOpen`.
   * `gone` aborts when nobody waits for it any more. Throws ChannelRefusal for what the run may not reach.
   */
  connect(authority: string, gone: AbortSignal): Promise<Socket>;
}

/** Where the agent's output goes. */
export interface RunChannelLog {
  /** Bytes held: the offset of the next append. */
  readonly size: number;
  /**
   * As of RunLogWriter, but it may take fewer bytes than it is given: the others may be the beginning of a secret, and are
   * given again with what comes next. `isLast`: nothing comes next, and all are taken.
   */
  append(offset: number, bytes: Buffer, isLast: boolean): Promise<number>;
}

export interface RunChannelOptions {
  readonly runId: RunId;
  /** Opened by the caller, with its fence; the channel appends and does not close it. */
  readonly log: RunChannelLog;
  readonly handlers: RunChannelHandlers;
  /** One of them is wanted as bearer token from triaged-init; derived from master secrets, so that a restarted server knows it. */
  readonly channelTokens: readonly string[];
}

export interface RunChannel {
  /** The directory to mount; it survives a restart of the server. */
  readonly directory: string;
  /** Stops listening; with `remove`, the directory goes too. */
  close(options?: { readonly remove?: boolean }): Promise<void>;
}
