import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ROLES } from '../../kernel/actor.js';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import { hasErrno } from '../../kernel/errors.js';
import { tryProcessLock } from '../../kernel/process-lock.js';

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

const settingsSchema = z.strictObject({
  quota: z.strictObject({ limit: z.int().min(1).max(1_000_000), windowSeconds: z.int().min(1).max(86_400) }).optional(),
  /** How many of its runs may wait. */
  maxQueuedRuns: z.int().min(1).max(100_000).optional(),
  /** How many may be under way at once, on all servers. */
  maxConcurrentRuns: z.int().min(1).max(1_000).optional(),
  /** For how long logs and artifacts of its runs are kept after their end; null: for ever. */
  retentionDays: z.int().min(1).max(36_500).nullable().optional(),
  /** Clusters may be registered with credentials that read Secrets. */
  allowSecretReading: z.boolean().optional(),
});

const fileSchema = z
  .strictObject({ keys: z.array(keySchema), tenants: z.record(tenantIdSchema, settingsSchema).optional() })
  .refine(({ keys }) => new Set(keys.map(({ id }) => id)).size === keys.length, 'two keys have the same id');

export type StoredApiKey = Readonly<z.infer<typeof keySchema>>;
/** What holds for one tenant instead of the server's configuration. */
export type TenantSettings = Readonly<z.infer<typeof settingsSchema>>;

export interface ApiKeyFile {
  readonly keys: readonly StoredApiKey[];
  readonly tenants?: Readonly<Record<string, TenantSettings>> | undefined;
}

const EMPTY: ApiKeyFile = { keys: [] };
const LOCK_WAIT_MS = 10_000;

/** Throws, naming the file and every fault, when it is not what it should be, and with ENOENT when it is missing. */
export async function readPresentApiKeyFile(file: string): Promise<ApiKeyFile> {
  const parsed = fileSchema.safeParse(parseJson(await readFile(file, 'utf8'), file));
  if (!parsed.success) throw new Error(`The API keys in ${file} are not valid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** As `readPresentApiKeyFile`, but a missing file holds no keys. */
export async function readApiKeyFile(file: string): Promise<ApiKeyFile> {
  try {
    return await readPresentApiKeyFile(file);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return EMPTY;
    throw error;
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The API keys in ${file} are not valid JSON.`); // the parser's message would quote the file
  }
}

async function lock(file: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    const attempt = await tryProcessLock(`${file}.lock`);
    if ('release' in attempt) return attempt.release;
    if (Date.now() > deadline) {
      throw new Error(`Process ${attempt.heldBy.pid} has been writing ${file} for long. Try again, or end it.`);
    }
    await sleep(5 + Math.random() * 20);
  }
}

/**
 * Replaces the file by what `change` makes of it, readable by its owner alone. Writers of all processes take turns, and
 * each sees what the one before has written; readers see the file before or after, never between.
 */
export async function changeApiKeyFile(file: string, change: (current: ApiKeyFile) => ApiKeyFile): Promise<ApiKeyFile> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const release = await lock(file);
  try {
    const changed = change(await readApiKeyFile(file));
    await writeFileAtomically(file, `${JSON.stringify(changed, undefined, 2)}\n`, 0o600);
    return changed;
  } finally {
    await release();
  }
}
