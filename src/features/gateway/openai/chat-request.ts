import { asObject, parseObject } from '../json-values.js';

/**
 * Asks for the usage of a streamed completion where the agent did not: without `stream_options.include_usage` the stream
 * tells no figures, and an agent could spend what nobody counts. The client sees one chunk more, without choices, as every
 * client that asks for it does. Any other body goes on as it came, also one that only the provider can refuse.
 */
export function askForUsage(body: Buffer): Buffer {
  const request = parseObject(body.toString('utf8'));
  if (request?.stream !== true) return body;
  const options = asObject(request.stream_options);
  if (options?.include_usage === true) return body;
  return Buffer.from(JSON.stringify({ ...request, stream_options: { ...options, include_usage: true } }));
}
