import { parseArgs } from 'node:util';
import { ApiKeyRegistry, idOfKey } from '../features/tenants/index.js';
import type { ListedApiKey } from '../features/tenants/index.js';
import { ROLES } from '../kernel/actor.js';
import type { Role } from '../kernel/actor.js';
import { readExpiry } from './expiry.js';
import { UsageError } from './usage-error.js';

export const KEYS_USAGE = `Usage: triaged keys <command> [--file FILE]

  create --tenant T --role R [--expires E]   make a key and print it, this once
                                             R: ADMIN, OPERATOR or VIEWER; E: 12h, 90d or 2027-01-31
  list [--tenant T] [--json]                 show the keys there are, never a key itself
  revoke ID                                  end a key, by its first 12 characters, and the sockets it opened

  --file FILE   the file of keys; by default API_KEYS_FILE, else api-keys.json in DATA_DIR
`;

export interface CommandIo {
  /** The file that the environment names. */
  readonly defaultFile: string;
  /** What a script reads. */
  readonly out: (text: string) => void;
  /** What a person reads. */
  readonly note: (text: string) => void;
}

const OPTIONS = {
  tenant: { type: 'string' },
  role: { type: 'string' },
  expires: { type: 'string' },
  file: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const TAKES: Readonly<Record<string, readonly string[]>> = {
  create: ['tenant', 'role', 'expires', 'file'],
  list: ['tenant', 'json', 'file'],
  revoke: ['file'],
};

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Runs `triaged keys …`. Throws UsageError for what it does not understand, other errors for what did not work. */
export async function keysCommand(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = parse(args);
  const [command = '', ...operands] = positionals;
  const takes = TAKES[command];
  if (!takes)
    throw new UsageError(command === '' ? 'Say what to do with keys.' : `There is no command keys ${command}.`);
  const strange = Object.keys(values).find((name) => !takes.includes(name));
  if (strange !== undefined) throw new UsageError(`keys ${command} has no option --${strange}.`);
  if (operands.length !== (command === 'revoke' ? 1 : 0)) {
    throw new UsageError(command === 'revoke' ? 'Name one key, by its id.' : `keys ${command} takes options only.`);
  }
  const file = values.file ?? io.defaultFile;
  const registry = await ApiKeyRegistry.open({ file });
  if (command === 'create') {
    const { tenant } = values;
    if (tenant === undefined) throw new UsageError('Name the tenant with --tenant.');
    const expiresAt = values.expires === undefined ? undefined : readExpiry(values.expires, new Date());
    const key = await registry.createKey(tenant, readRole(values.role), expiresAt && { expiresAt });
    io.out(`${key}\n`);
    io.note(`The key is shown this once; ${file} holds only its hash. Running servers know it within a second.\n`);
  } else if (command === 'list') {
    const keys = registry.list().filter(({ tenantId }) => values.tenant === undefined || tenantId === values.tenant);
    io.out(values.json ? `${JSON.stringify(keys, undefined, 2)}\n` : table(keys));
  } else {
    const id = idOfKey(operands[0]!) ?? operands[0]!;
    if (!(await registry.revokeKey(id))) throw new Error(`${file} has no key ${id}.`);
    io.note(`The key ${id} is revoked. Running servers refuse it, and close its sockets, within two seconds.\n`);
  }
}

function readRole(text: string | undefined): Role {
  const role = ROLES.find((each) => each === text?.toUpperCase());
  if (role) return role;
  throw new UsageError(`Name the role with --role: ${ROLES.join(', ')}.`);
}

function table(keys: readonly ListedApiKey[]): string {
  if (keys.length === 0) return 'No keys.\n';
  const now = new Date().toISOString();
  const end = ({ expiresAt }: ListedApiKey): string =>
    expiresAt === undefined ? 'never' : expiresAt <= now ? `expired ${expiresAt}` : expiresAt;
  const rows = [
    ['ID', 'TENANT', 'ROLE', 'CREATED', 'EXPIRES'],
    ...keys.map((key) => [key.id, key.tenantId, key.role, key.createdAt, end(key)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('');
}
