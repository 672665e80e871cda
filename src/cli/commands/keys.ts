import { apiKeysFileOf } from '../../config/index.js';
import { ApiKeyRegistry, idOfKey, type ListedApiKey } from '../../features/tenants/index.js';
import { ROLES, type Role } from '../../kernel/actor.js';
import { EXIT } from '../exit-codes.js';
import { CommandFailure, UsageError } from '../failure.js';
import type { CommandIo } from '../io.js';
import { safeJson } from '../output/json.js';
import { Output } from '../output/output.js';
import { renderTable, type Column } from '../output/table.js';
import { readExpiry } from './expiry.js';

interface FileOption {
  readonly file?: string;
}

const fileOf = ({ file }: FileOption, { environment }: CommandIo): string => file ?? apiKeysFileOf(environment);

/** The key alone on stdout, for scripts. */
export async function createKey(
  io: CommandIo,
  options: FileOption & { readonly tenant: string; readonly role: string; readonly expires?: string },
): Promise<void> {
  const role = readRole(options.role);
  const expiresAt = options.expires === undefined ? undefined : readExpiry(options.expires, new Date());
  const file = fileOf(options, io);
  const registry = await ApiKeyRegistry.open({ file });
  const key = await registry.createKey(options.tenant, role, expiresAt && { expiresAt });
  await new Output(io.stdout, io.environment).write(`${key}\n`);
  await new Output(io.stderr, io.environment).line(
    `The key is shown this once; ${file} holds only its hash. Running servers know it within a second.`,
  );
}

export async function listKeys(
  io: CommandIo,
  options: FileOption & { readonly tenant?: string; readonly json?: boolean },
): Promise<void> {
  const registry = await ApiKeyRegistry.open({ file: fileOf(options, io) });
  const keys = registry.list().filter(({ tenantId }) => options.tenant === undefined || tenantId === options.tenant);
  const out = new Output(io.stdout, io.environment);
  if (options.json) return out.write(`${safeJson(keys, 2)}\n`);
  if (keys.length === 0) await new Output(io.stderr, io.environment).line('There are no keys.');
  await out.write(renderTable(keys, columns(new Date().toISOString()), out));
}

export async function revokeKey(io: CommandIo, given: string, options: FileOption): Promise<void> {
  const id = idOfKey(given) ?? given;
  const file = fileOf(options, io);
  const registry = await ApiKeyRegistry.open({ file });
  if (!(await registry.revokeKey(id))) {
    // What was given may be a whole key, mistyped: no more of it is shown than its id.
    const shown = /^tri_[a-z0-9]{8}/.exec(id)?.[0] ?? 'of that id';
    throw new CommandFailure(EXIT.notFound, `${file} has no key ${shown}.`);
  }
  await new Output(io.stderr, io.environment).line(
    `The key ${id} is revoked. Running servers refuse it, and close its sockets, within two seconds.`,
  );
}

function readRole(text: string): Role {
  const role = ROLES.find((each) => each === text.toUpperCase());
  if (role) return role;
  throw new UsageError(`Name the role with --role: ${ROLES.join(', ')}.`);
}

const columns = (now: string): readonly Column<ListedApiKey>[] => [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'TENANT', cell: ({ tenantId }) => tenantId },
  { head: 'ROLE', cell: ({ role }) => role },
  { head: 'CREATED', cell: ({ createdAt }) => createdAt },
  {
    head: 'EXPIRES',
    cell: ({ expiresAt }) =>
      expiresAt === undefined ? 'never' : expiresAt <= now ? `expired ${expiresAt}` : expiresAt,
  },
];
