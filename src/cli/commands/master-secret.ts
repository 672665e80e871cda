import 'reflect-metadata';
import { destination, pino } from 'pino';
import { rotateMasterSecret } from '../../composition/master-rotation.js';
import { loadConfig } from '../../config/index.js';
import { errorSerializers } from '../../kernel/error-for-log.js';
import { armFailpoints } from '../../kernel/failpoints.js';
import type { CommandIo } from '../io.js';

const STDERR = 2;

/** Throws when anything stays that is not sealed under MASTER_SECRET. */
export async function rotateMasterSecrets({ stdout, environment }: CommandIo): Promise<void> {
  const out = (text: string): unknown => stdout.write(text);
  const config = loadConfig(environment);
  armFailpoints(config.failpoints);
  const logger = pino(
    { level: 'warn', base: null, serializers: errorSerializers },
    destination({ fd: STDERR, sync: true }),
  );
  const { keyId, kinds } = await rotateMasterSecret(config, logger);
  for (const { name, resealed, unreadable } of kinds) {
    out(`${name}: ${resealed} sealed anew\n`);
    for (const each of unreadable) logger.error(each, 'a credential cannot be read, and was left as it is');
  }
  const left = kinds.reduce((sum, { unreadable }) => sum + unreadable.length, 0);
  if (left > 0) {
    throw new Error(
      `${left} could not be opened. Give the master secret that the lines above name as MASTER_SECRET_SECONDARY and rotate again, or ` +
        'set those keys anew.',
    );
  }
  out(`Everything is sealed under the master secret with the key id ${keyId}.\n`);
}
