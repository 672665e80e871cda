import type { Logger } from 'pino';
import type { Actor, Role } from '../../kernel/actor.js';
import type { Closable } from '../../kernel/closing.js';
import { badUserInput } from '../../kernel/errors.js';
import type { TenantId } from '../../kernel/ids.js';
import { changeApiKeyFile, readApiKeyFile, readPresentApiKeyFile, tenantIdSchema } from './api-key-file.js';
import type { ApiKeyFile, StoredApiKey, TenantSettings } from './api-key-file.js';
import { idOfKey, isHashOf, newApiKey } from './api-key.js';
import { FileWatch } from './file-watch.js';

/** Compared against when a key is unknown, so that it takes as long as a known one. */
const NO_HASH = '0'.repeat(64);
const LOOK_EVERY_MS = 500;

/** A key as it may be shown: never the key, nor its hash. */
export type ListedApiKey = Omit<StoredApiKey, 'sha256'>;

/** Who may call: tenants and roles by API key, from a file of hashes. Answers from memory. */
export class ApiKeyRegistry {
  #keys: ReadonlyMap<string, StoredApiKey> = new Map();
  #tenants: ReadonlyMap<string, TenantSettings> = new Map();

  private constructor(private readonly file: string) {}

  /** Opens the file, which need not exist yet. Throws when its content is not valid. */
  static async open(options: { readonly file: string }): Promise<ApiKeyRegistry> {
    const registry = new ApiKeyRegistry(options.file);
    await registry.reload();
    return registry;
  }

  /** Reads the file anew; while it is not valid, this throws and the keys known before stay. */
  async reload(): Promise<void> {
    this.#take(await readApiKeyFile(this.file));
  }

  /**
   * Follows the file from now on, within about a second. While it is missing or broken the keys known before stay, and one
   * error is logged for each broken content.
   */
  watch({ logger, everyMs = LOOK_EVERY_MS }: { readonly logger: Logger; readonly everyMs?: number }): Closable {
    const load = async (): Promise<void> => {
      this.#take(await readPresentApiKeyFile(this.file));
      logger.info({ keys: this.size }, 'API keys loaded');
    };
    const onBroken = (error: unknown): void =>
      logger.error(
        { file: this.file, reason: error instanceof Error ? error.message : String(error) },
        'the file of API keys cannot be used: the keys loaded before stay valid until it is repaired',
      );
    return new FileWatch({ file: this.file, everyMs, load, onBroken });
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

  /** What the file says of a tenant beside its keys. */
  settingsOf(tenantId: TenantId): TenantSettings {
    return this.#tenants.get(tenantId) ?? {};
  }

  /** The tenants of which the file says more than their keys. */
  get settings(): ReadonlyMap<string, TenantSettings> {
    return this.#tenants;
  }

  /** Oldest first. */
  list(): ListedApiKey[] {
    return [...this.#keys.values()]
      .map(({ sha256: _hidden, ...shown }) => shown)
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  /** Adds a key to the file and returns it: the only time that anyone sees it. */
  async createKey(tenantId: string, role: Role, options: { readonly expiresAt?: Date } = {}): Promise<string> {
    const tenant = tenantIdSchema.safeParse(tenantId);
    if (!tenant.success)
      throw badUserInput('tenantId', `The tenant id ${tenant.error.issues[0]?.message ?? 'is not valid'}.`);
    const { expiresAt } = options;
    const { id, key, sha256 } = newApiKey();
    const stored: StoredApiKey = {
      id,
      sha256,
      tenantId: tenant.data,
      role,
      createdAt: new Date().toISOString(),
      ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    };
    this.#take(await changeApiKeyFile(this.file, (current) => ({ ...current, keys: [...current.keys, stored] })));
    return key;
  }

  /** Takes a key out of the file, by its readable prefix; false when there is none. */
  async revokeKey(id: string): Promise<boolean> {
    let found = false;
    const without = (current: ApiKeyFile): ApiKeyFile => {
      found = current.keys.some((key) => key.id === id);
      return { ...current, keys: current.keys.filter((key) => key.id !== id) };
    };
    this.#take(await changeApiKeyFile(this.file, without));
    return found;
  }

  #take({ keys, tenants = {} }: ApiKeyFile): void {
    this.#keys = new Map(keys.map((key) => [key.id, key]));
    this.#tenants = new Map(Object.entries(tenants));
  }
}
