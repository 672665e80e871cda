import 'reflect-metadata';
import { pino } from 'pino';
import { ConfigurationError, loadConfig, type Config } from './config/index.js';
import { errorSerializers } from './kernel/error-for-log.js';
import { armFailpoints } from './kernel/failpoints.js';
import { endOnSignals } from './kernel/process-end.js';
import { StartupError } from './kernel/startup-error.js';

/** EX_CONFIG of sysexits.h: starting again will not help before somebody changes something. */
const EX_CONFIG = 78;

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}

const config = readConfig();
armFailpoints(config.failpoints);
const logger = pino(
  {
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: errorSerializers,
  },
  // Lines are written together, off the event loop, a tenth of a second late at most; the rest at the process's end.
  pino.destination({ sync: false, minLength: 8 * 1024, periodicFlush: 100 }),
);

try {
  const { startServer } = await import('./compose.js');
  const starting = startServer(config, logger);
  endOnSignals({
    logger,
    timeoutMs: config.shutdown.timeoutSeconds * 1_000,
    close: async () => (await starting).close(),
  });
  const { url, demoKey } = await starting;
  if (demoKey) {
    const { key, file } = demoKey;
    process.stdout.write(
      `A demo tenant was made. Its API key, shown this once and kept in ${file}: ${key}\nThe dashboard: ${url}\n`,
    );
  }
} catch (error) {
  if (error instanceof StartupError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
  logger.fatal({ err: error }, 'could not start');
  process.exit(1);
}
