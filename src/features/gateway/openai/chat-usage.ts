import { asObject, firstObject, type Json } from '../json-values.js';
import { usageReaderOf, type Findings, type TakeEvent } from '../usage-reader.js';
import { tokensOf } from './openai-tokens.js';

/** A chunk of a streamed completion or a whole one: both say the same in the same places. */
function takeCompletion(completion: Json | undefined, findings: Findings): void {
  if (typeof completion?.model === 'string') findings.model = completion.model;
  const usage = asObject(completion?.usage);
  if (usage) findings.tokens = tokensOf(usage, 'prompt', 'completion');
  if (asObject(completion?.error) || firstObject(completion?.choices)?.finish_reason === 'error')
    findings.failed = true;
}

const takeEvent: TakeEvent = ({ data }, findings, parse) => {
  if (data === '[DONE]') findings.complete = true;
  else takeCompletion(parse(data), findings);
};

function takeWhole(completion: Json, findings: Findings): void {
  takeCompletion(completion, findings);
  findings.complete = true;
}

/** For `POST /v1/chat/completions`. */
export const chatUsageReader = usageReaderOf(takeEvent, takeWhole);
