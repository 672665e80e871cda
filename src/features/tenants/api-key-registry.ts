import type { Actor, Role } from '../../kernel/actor.js';
import { badUserInput } from '../../kernel/errors.js';
import type { TenantId } from '../../kernel/ids.js';
import { readApiKeyFile, tenantIdSchema, writeApiKeyFile } from './api-key-file.js';
import type { StoredApiKey } from './api-key-file.js';
import { idOfKey, isHashOf, newApiKey } from './api-key.js';

/** Compared against when a key is unknown, so that it takes as long as a known one. */
const NO_HASH = '0'.repeat(64);

/** Who may call: tenants and roles by API key, from a file of hashes. Answers from memory. */
export class ApiKeyRegistry {
  #keys: ReadonlyMap<string, StoredApiKey> = new Map();
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(private readonly file: string) {}

  /** Opens the file, which need not exist yet. Throws when its content is not valid. */
  static async open(options: { readonly file: string }): Promise<ApiKeyRegistry> {
    const registry = new ApiKeyRegistry(options.file);
    await registry.reload();
    return registry;
  }

  /** Reads the file anew; while it is not valid, this throws and the keys known before stay. */
  async reload(): Promise<void> {
    this.#keys = new Map((await readApiKeyFile(this.file)).map((key) => [key.id, key]));
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The holder of a key; undefined when it is unknown or has expired. */
  authenticate(key: string, now = new Date()): Actor | undefined {
    const stored = this.#keys.get(idOfKey(key) ?? '');
    const isSame = isHashOf(key, stored?.sha256 ?? NO_HASH);
    if (!stored || !isSame) return undefined;
    if (stored.expiresAt !== undefined && new Date(stored.expiresAt) <= now) return undefined;
    return { tenantId: stored.tenantId as TenantId, role: stored.role, keyId: stored.id };
  }

  /** Adds a key to the file and returns it: the only time that anyone sees it. Calls wait for each other. */
  createKey(tenantId: string, role: Role, options: { readonly expiresAt?: Date } = {}): Promise<string> {
    const created = this.#lastWrite.then(() => this.#create(tenantId, role, options.expiresAt));
    this.#lastWrite = created.catch(() => undefined);
    return created;
  }

  async #create(tenantId: string, role: Role, expiresAt: Date | undefined): Promise<string> {
    const tenant = tenantIdSchema.safeParse(tenantId);
    if (!tenant.success)
      throw badUserInput('tenantId', `The tenant id ${tenant.error.issues[0]?.message ?? 'is not valid'}.`);
    await this.reload(); // keeps what another process has added
    const { id, key, sha256 } = newApiKey();
    const createdAt = new Date().toISOString();
    const stored = {
      id,
      sha256,
      tenantId: tenant.data,
      role,
      createdAt,
      ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    };
    const keys = [...this.#keys.values(), stored];
    await writeApiKeyFile(this.file, keys);
    this.#keys = new Map(keys.map((each) => [each.id, each]));
    return key;
  }
}
