import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ROLES } from '../../kernel/actor.js';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import { hasErrno } from '../../kernel/errors.js';

/** Ids of tenants, e.g. `payments` or `team-a.eu`. */
export const tenantIdSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
    'must be 1 to 64 of a-z, 0-9, ".", "_" and "-", with a letter or digit at both ends',
  );

const keySchema = z.strictObject({
  id: z.string().regex(/^tri_[a-z0-9]{8}$/, 'must be tri_ and 8 of a-z and 0-9'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case'),
  tenantId: tenantIdSchema,
  role: z.enum(ROLES),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
});

const fileSchema = z
  .strictObject({ keys: z.array(keySchema) })
  .refine(({ keys }) => new Set(keys.map(({ id }) => id)).size === keys.length, 'two keys have the same id');

export type StoredApiKey = Readonly<z.infer<typeof keySchema>>;

/** Reads the keys; a missing file holds none. Throws, naming the file and every fault, when it is not what it should be. */
export async function readApiKeyFile(file: string): Promise<readonly StoredApiKey[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return [];
    throw error;
  }
  const parsed = fileSchema.safeParse(parseJson(text, file));
  if (!parsed.success) throw new Error(`The API keys in ${file} are not valid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data.keys;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The API keys in ${file} are not valid JSON.`); // the parser's message would quote the file
  }
}

/** Replaces the file at once, readable by its owner alone. */
export const writeApiKeyFile = (file: string, keys: readonly StoredApiKey[]): Promise<void> =>
  writeFileAtomically(file, `${JSON.stringify({ keys }, undefined, 2)}\n`, 0o600);
