import { SIDE_ANSWER } from '../script/triage-script.js';
import type { GenerateRequest } from './google-request.js';

interface Schema {
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly properties?: unknown;
}

/** The plainest value of a JSON schema's type. */
function valueOf(schema: Schema): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0];
  switch (String(schema.type).toLowerCase()) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Readonly<Record<string, Schema>>).map(([name, one]) => [
          name,
          valueOf(one),
        ]),
      );
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'array':
      return [];
    default:
      return SIDE_ANSWER;
  }
}

/** Gemini CLI asks small things on the side, such as which model to take, and insists on JSON of the form it names. */
export function sideAnswer({ generationConfig }: GenerateRequest): string {
  const schema = generationConfig?.responseJsonSchema ?? generationConfig?.responseSchema;
  return schema ? JSON.stringify(valueOf(schema)) : SIDE_ANSWER;
}
