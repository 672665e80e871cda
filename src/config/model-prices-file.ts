import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ModelPriceTable } from '../kernel/model-price.js';

/** USD for a million tokens; more is a slip of the pen, such as a price for one token. */
const MAX_USD = 1_000;

const said = `must be a number from 0 to ${MAX_USD}: USD for a million tokens`;
const usd = z.number(said).min(0, said).max(MAX_USD, said);
const rates = { input: usd, output: usd, cacheRead: usd, cacheWrite: usd };
const above = z.number('must be a number of tokens').int('must be a number of tokens').min(1, 'must be 1 or more');

const name = z
  .string()
  .regex(/^[\w.:/@+-]{1,128}\*?$/, 'must be the name of a model, or the beginning of names with a * behind it');

const table = z.record(
  name,
  z.strictObject({ ...rates, longPrompt: z.strictObject({ above, ...rates }).optional() }),
  'must be an object: names of models, each with its prices',
);

/** What the file holds, or what is wrong with it, each fault with its place. */
export function readModelPrices(file: string): { readonly prices: ModelPriceTable } | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return { fault: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const result = table.safeParse(value);
  if (result.success) return { prices: result.data as ModelPriceTable };
  const faults = result.error.issues.map(({ path, message, ...issue }) => {
    const inner = 'issues' in issue ? issue.issues[0]?.message : undefined;
    return `${path.map(String).join(' → ') || 'the file'}: ${inner ?? message}`;
  });
  return { fault: faults.join('; ') };
}
