import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { shortName } from '../../src/kernel/ids.js';
import { spendingBody } from './spending-provider.js';

export interface ModelAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RunOnChannel {
  /** CHANNEL_DIR of the server that has the run. */
  readonly channelDir: string;
  readonly runId: string;
  readonly apiKey: string;
}

interface AskedCall {
  readonly url?: string;
  readonly method?: string;
  readonly body?: string;
  /** Ends the call from the agent's side. */
  readonly signal?: AbortSignal;
}

const MESSAGES = '/anthropic/v1/messages';
const ASKED = spendingBody(0);

/** So many calls, one after the other. */
export async function callStatuses(run: RunOnChannel, count: number, body?: string): Promise<number[]> {
  const statuses = [];
  for (let index = 0; index < count; index += 1) statuses.push((await callModel(run, body ? { body } : {})).status);
  return statuses;
}

/** A model call as the agent of a run makes it, Claude Code's unless told: over its run channel, by its gateway. */
export function callModel(
  { channelDir, runId, apiKey }: RunOnChannel,
  { url = MESSAGES, method = 'POST', body = ASKED, signal }: AskedCall = {},
): Promise<ModelAnswer> {
  const socketPath = path.join(channelDir, shortName(runId), 's');
  const headers = {
    'x-api-key': apiKey,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path: `/model${url}`, headers, agent: false, signal }, (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode!, headers: response.headers, body: answer }),
        reject,
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
