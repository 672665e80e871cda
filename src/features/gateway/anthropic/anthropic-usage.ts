import type { TokenFigures } from '../../usage/index.js';
import { asObject, countIn, type Json } from '../json-values.js';
import { usageReaderOf, type Findings, type TakeEvent } from '../usage-reader.js';

/**
 * What the message itself took does not include summaries of its conversation that were made on the way: the iterations
 * have these too, and in most cases say the same.
 */
function reported(usage: Json | undefined, name: string): number | undefined {
  const iterations = Array.isArray(usage?.iterations) ? (usage.iterations as unknown[]).map(asObject) : [];
  const sum = iterations.reduce((total, iteration) => total + (countIn(iteration, name) ?? 0), 0);
  const own = countIn(usage, name);
  return own === undefined && sum === 0 ? undefined : Math.min(Math.max(own ?? 0, sum), Number.MAX_SAFE_INTEGER);
}

/**
 * Figures reported later are cumulative and replace earlier ones; what is not reported stays. Thinking stands among the
 * output, and Anthropic does not tell it apart.
 */
function mergeUsage(known: TokenFigures, usage: Json | undefined): TokenFigures {
  return {
    inputTokens: reported(usage, 'input_tokens') ?? known.inputTokens,
    outputTokens: reported(usage, 'output_tokens') ?? known.outputTokens,
    cacheReadTokens: reported(usage, 'cache_read_input_tokens') ?? known.cacheReadTokens,
    cacheWriteTokens: reported(usage, 'cache_creation_input_tokens') ?? known.cacheWriteTokens,
    reasoningTokens: 0,
  };
}

function takeMessage(message: Json | undefined, findings: Findings): void {
  if (typeof message?.model === 'string') findings.model = message.model;
  findings.tokens = mergeUsage(findings.tokens, asObject(message?.usage));
}

/** Usage stands in `message_start` and, cumulative, in `message_delta`. */
const takeEvent: TakeEvent = ({ name, data }, findings, parse) => {
  if (name.startsWith('content_block_') || name === 'ping') return;
  const event = parse(data);
  if (event?.type === 'message_start') takeMessage(asObject(event.message), findings);
  else if (event?.type === 'message_delta') takeMessage(event, findings);
  else if (event?.type === 'message_stop') findings.complete = true;
  else if (event?.type === 'error') findings.failed = true;
};

function takeWhole(message: Json, findings: Findings): void {
  takeMessage(message, findings);
  findings.complete = true;
}

/** For `POST /v1/messages`. */
export const messagesUsageReader = usageReaderOf(takeEvent, takeWhole);
