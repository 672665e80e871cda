import { z } from 'zod';
import { badUserInput } from '../../kernel/errors.js';
import type { AiAgentAdapter } from './ai-agent-adapter.js';

export const positive = z.int().min(1).max(10_000_000);
export const ratio = z.number().min(0).max(1);

/** A few words on one line, such as Postgres can keep. */
export const words = z
  .string()
  .min(1)
  .max(40)
  .refine((text) => text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), {
    error: 'it is one line of well-formed Unicode, without control characters',
  });

/** `parseSettings` of a CLI whose settings are these, all of them optional. */
export const settingsOf =
  (cli: string, schema: z.ZodObject): AiAgentAdapter['parseSettings'] =>
  (path, settings) => {
    const parsed = schema.safeParse(settings);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0]!;
    if (issue.code === 'unrecognized_keys') {
      const place = [path, ...issue.path, issue.keys[0]!].join('.');
      throw badUserInput(place, `${cli} has no such setting here; it takes ${namesIn(schema, issue.path).join(', ')}.`);
    }
    throw badUserInput([path, ...issue.path].join('.'), `This setting of ${cli} is not valid: ${issue.message}.`);
  };

function namesIn(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const name of path) {
    if (!(at instanceof z.ZodObject)) break;
    const inner: unknown = at.shape[String(name)];
    at = inner instanceof z.ZodOptional ? inner.unwrap() : inner;
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
