import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { directoryName } from '../../src/features/run-channel/channel-directory.js';
import type { RunId } from '../../src/kernel/ids.js';

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

const MESSAGES = '/anthropic/v1/messages';
const ASKED = JSON.stringify({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Why?' }] });

/** A model call as the agent of a run makes it, Claude Code's unless told: over its run channel, by its gateway. */
export function callModel(
  { channelDir, runId, apiKey }: RunOnChannel,
  { url = MESSAGES, method = 'POST', body = ASKED }: { url?: string; method?: string; body?: string } = {},
): Promise<ModelAnswer> {
  const socketPath = path.join(channelDir, directoryName(runId as RunId), 's');
  const headers = {
    'x-api-key': apiKey,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path: `/model${url}`, headers, agent: false }, (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode!, headers: response.headers, body: answer }),
        reject,
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
