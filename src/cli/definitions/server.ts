import { Command } from 'commander';
import type { Invocation } from '../actions.js';

/** What works on this machine: the server itself, its keys, its master secret. */
export function serverCommands(invocation: Invocation): Command[] {
  const { io } = invocation;
  const serve = new Command('serve')
    .alias('start')
    .description('Run the server. Environment variables configure it; nothing has to be set.')
    .action(async () => {
      await import('../../main.js');
    });

  const keys = new Command('keys').description("Make, list and revoke API keys, in the server's file of keys.");
  const file = ['--file <file>', 'the file of keys; else API_KEYS_FILE, else api-keys.json in DATA_DIR'] as const;
  keys
    .command('create')
    .description('Make a key and print it, this once.')
    .requiredOption('--tenant <tenant>', 'whose key it is')
    .requiredOption('--role <role>', 'ADMIN, OPERATOR or VIEWER')
    .option('--expires <when>', 'when it expires: 12h, 90d, 2027-01-31 or 2027-01-31T12:00:00Z')
    .option(...file)
    .action(async (options: { tenant: string; role: string; expires?: string; file?: string }) =>
      (await import('../commands/keys.js')).createKey(io, options),
    );
  keys
    .command('list')
    .description('Show the keys there are, never a key itself.')
    .option('--tenant <tenant>', 'only the keys of this tenant')
    .option('--json', 'print one JSON document')
    .option(...file)
    .action(async (options: { tenant?: string; json?: boolean; file?: string }) =>
      (await import('../commands/keys.js')).listKeys(io, options),
    );
  keys
    .command('revoke')
    .description('End a key and the sockets that it opened.')
    .argument('<id>', 'its first 12 characters, as keys list shows them')
    .option(...file)
    .action(async (id: string, options: { file?: string }) =>
      (await import('../commands/keys.js')).revokeKey(io, id, options),
    );

  const masterSecret = new Command('master-secret').description(
    "Change what the server's credentials are sealed with.",
  );
  masterSecret
    .command('rotate')
    .description('Seal every credential under MASTER_SECRET that MASTER_SECRET_SECONDARY opens.')
    .action(async () => (await import('../commands/master-secret.js')).rotateMasterSecrets(io));

  return [serve, keys, masterSecret];
}
