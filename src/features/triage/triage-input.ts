import { createHash } from 'node:crypto';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { parseByteSize } from '../../kernel/byte-size.js';
import { badUserInput } from '../../kernel/errors.js';
import type { ClusterId, InstanceId } from '../../kernel/ids.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { checkedTools } from '../ai-agents/index.js';
import { modelName } from '../instances/index.js';
import { jsonFaultPosition } from './json-fault.js';

/** As the client wrote it. */
export interface TriageInput {
  readonly instanceId: string;
  readonly clusterId?: string | null | undefined;
  readonly aiAgent: AiAgent;
  readonly model?: string | null | undefined;
  readonly prompt: string;
  readonly systemPrompt?: string | null | undefined;
  readonly incident: string;
  readonly allowedTools?: readonly string[] | null | undefined;
  readonly timeoutSeconds?: number | null | undefined;
  readonly memory?: string | null | undefined;
  readonly debug?: boolean | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** Checked; what was left out is null. */
export interface CheckedTriageInput {
  readonly instanceId: InstanceId;
  readonly clusterId: ClusterId | null;
  readonly aiAgent: AiAgent;
  readonly model: string | null;
  readonly prompt: string;
  readonly systemPrompt: string | null;
  readonly incident: string;
  readonly allowedTools: string[] | null;
  readonly timeoutSeconds: number | null;
  readonly memoryBytes: number | null;
  readonly debug: boolean;
  readonly idempotencyKey: string | null;
}

export const MAX_TRIAGE_PROMPT = 10_000;
export const MAX_INCIDENT_BYTES = 256 * 1024;
const MAX_TIMEOUT_SECONDS = 86_400;
const MEMORY = { min: 64 * 1024 ** 2, max: 64 * 1024 ** 3 };

/** Throws BAD_USER_INPUT, naming the field, for the first rule that is broken. */
export function checkTriageInput(input: TriageInput): CheckedTriageInput {
  return {
    instanceId: uuidArgument<InstanceId>('input.instanceId', input.instanceId),
    clusterId: input.clusterId == null ? null : uuidArgument<ClusterId>('input.clusterId', input.clusterId),
    aiAgent: input.aiAgent,
    model: input.model == null ? null : modelName('input.model', input.model),
    prompt: checkPrompt('input.prompt', 'The prompt', input.prompt),
    systemPrompt:
      input.systemPrompt == null ? null : checkPrompt('input.systemPrompt', 'The system prompt', input.systemPrompt),
    incident: checkIncident(input.incident),
    allowedTools:
      input.allowedTools == null ? null : checkedTools('input.allowedTools', input.aiAgent, input.allowedTools),
    timeoutSeconds: input.timeoutSeconds == null ? null : checkTimeout(input.timeoutSeconds),
    memoryBytes: input.memory == null ? null : checkMemory(input.memory),
    debug: input.debug ?? false,
    idempotencyKey: input.idempotencyKey == null ? null : checkIdempotencyKey(input.idempotencyKey),
  };
}

/** Equal exactly for inputs that ask for the same; the idempotency key itself is left out. */
export function digestOf(input: CheckedTriageInput): Buffer {
  const { idempotencyKey: _leftOut, ...asked } = input;
  return createHash('sha256').update(JSON.stringify(asked)).digest();
}

function checkText(path: string, text: string): void {
  if (!text.isWellFormed() || text.includes('\0')) {
    throw badUserInput(path, `${path} must be well-formed Unicode without NUL.`);
  }
}

function checkPrompt(path: string, what: string, prompt: string): string {
  checkText(path, prompt);
  // Counted only when it can be too long: the count takes memory.
  const length = prompt.length > 2 * MAX_TRIAGE_PROMPT ? prompt.length : Array.from(prompt).length;
  if (prompt.trim() === '') throw badUserInput(path, `${what} is empty: say what to look into.`);
  if (length > MAX_TRIAGE_PROMPT) {
    throw badUserInput(path, `${what} may have ${MAX_TRIAGE_PROMPT} characters at most.`, {
      maximum: MAX_TRIAGE_PROMPT,
    });
  }
  return prompt;
}

function checkIncident(incident: string): string {
  const path = 'input.incident';
  const bytes = Buffer.byteLength(incident);
  if (bytes > MAX_INCIDENT_BYTES) {
    throw badUserInput(path, `The incident may have 256 KiB at most; this one has ${bytes} bytes.`, {
      bytes,
      maximum: MAX_INCIDENT_BYTES,
    });
  }
  checkText(path, incident);
  let value: unknown;
  try {
    value = JSON.parse(incident);
  } catch {
    const position = jsonFaultPosition(incident) ?? incident.length;
    throw badUserInput(path, `The incident is not valid JSON: see position ${position}.`, { position });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badUserInput(path, 'The incident must be a JSON object.');
  }
  return incident;
}

function checkTimeout(seconds: number): number {
  if (seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS) return seconds;
  throw badUserInput('input.timeoutSeconds', `timeoutSeconds must be from 1 to ${MAX_TIMEOUT_SECONDS}.`);
}

function checkMemory(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes >= MEMORY.min && bytes <= MEMORY.max) return bytes;
  throw badUserInput('input.memory', 'memory is a size from 64m to 64g, such as "512m" or "2g".');
}

function checkIdempotencyKey(key: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw badUserInput(
    'input.idempotencyKey',
    'An idempotency key has 1 to 200 printable ASCII characters without spaces.',
  );
}
