import { apiKeysFileOf } from '../config/index.js';
import { keysCommand, KEYS_USAGE } from './keys.js';
import { UsageError } from './usage-error.js';

const USAGE = `Usage: triaged [start]                 run the server
       triaged keys …                  make, list and revoke API keys
       triaged master-secret rotate    seal every credential under MASTER_SECRET that MASTER_SECRET_SECONDARY opens
       triaged --help

${KEYS_USAGE}`;

const [command = 'start', ...args] = process.argv.slice(2);

try {
  if (command === 'start') {
    await import('../main.js');
  } else if (command === '--help' || command === '-h' || command === 'help' || args.includes('--help')) {
    process.stdout.write(USAGE);
  } else if (command === 'master-secret') {
    const { masterSecretCommand } = await import('./master-secret.js');
    await masterSecretCommand(args, (text) => process.stdout.write(text));
  } else if (command === 'keys') {
    await keysCommand(args, {
      defaultFile: apiKeysFileOf(),
      out: (text) => process.stdout.write(text),
      note: (text) => process.stderr.write(text),
    });
  } else {
    throw new UsageError(`There is no command ${command}.`);
  }
} catch (error) {
  const isUsage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(isUsage ? `${message}\n\n${USAGE}` : `${message}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
