import { chmod } from 'node:fs/promises';
import { makeTestFolder } from './test-folder.mjs';

/** Jest runs this once for each project that has tests to run; they share one folder. */
export default async function setup() {
  if (process.env.TRIAGED_TEST_FOLDER) return;
  process.env.TRIAGED_TEST_FOLDER = await makeTestFolder();
  // As root, Postgres runs as another user, who must be able to pass.
  await chmod(process.env.TRIAGED_TEST_FOLDER, process.getuid?.() === 0 ? 0o711 : 0o700);
}
