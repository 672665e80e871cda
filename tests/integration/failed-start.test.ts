import { describe, expect, it, jest } from '@jest/globals';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import 'reflect-metadata';
import { startServer } from '../../src/compose.js';
import { loadConfig } from '../../src/config/index.js';
import { StartupError } from '../../src/kernel/startup-error.js';
import { createDataFolder } from '../testkit/server.js';

jest.setTimeout(60_000);

describe('a start that fails', () => {
  it('has closed all that was begun, the embedded Postgres too, when the fault is told', async () => {
    const folder = await createDataFolder();
    try {
      const keys = path.join(folder.path, 'keys.json');
      await writeFile(keys, '{', { mode: 0o600 });
      const { PATH = '' } = process.env;
      const config = loadConfig({ PATH, PORT: '0', DATA_DIR: folder.path, API_KEYS_FILE: keys, RUNTIME: 'fake' });
      await expect(startServer(config, pino({ level: 'silent' }))).rejects.toBeInstanceOf(StartupError);
      const names = [folder.path, path.join(folder.path, 'postgres/data')].map((each) => readdir(each));
      const left = (await Promise.all(names)).flat();
      expect(left.filter((name) => /\.tmp$|^postmaster\.pid$/.test(name))).toEqual([]);
      expect(left).toContain('PG_VERSION');
    } finally {
      await folder.remove();
    }
  });
});
