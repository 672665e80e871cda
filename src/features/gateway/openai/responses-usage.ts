import { asObject, type Json } from '../json-values.js';
import { usageReaderOf, type Findings, type TakeEvent } from '../usage-reader.js';
import { tokensOf } from './openai-tokens.js';

/** The states in which a Response changes no more. */
const FINAL: ReadonlySet<unknown> = new Set(['completed', 'incomplete', 'failed', 'cancelled']);

function takeResponse(response: Json | undefined, findings: Findings): void {
  if (typeof response?.model === 'string') findings.model = response.model;
  const usage = asObject(response?.usage);
  if (usage) findings.tokens = tokensOf(usage, 'input', 'output');
  if (response?.status === 'failed') findings.failed = true;
  if (FINAL.has(response?.status)) findings.complete = true;
}

/** Usage stands in the last event; what comes between the first and it is not looked at. */
const takeEvent: TakeEvent = ({ name, data }, findings, parse) => {
  if (name.startsWith('response.') && !/^response\.(created|completed|incomplete|failed)$/.test(name)) return;
  const event = parse(data);
  if (event?.type === 'error') findings.failed = true;
  else takeResponse(asObject(event?.response), findings);
};

/** For `POST /v1/responses`. */
export const responsesUsageReader = usageReaderOf(takeEvent, takeResponse);
