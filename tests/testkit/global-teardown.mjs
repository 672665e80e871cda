import { removeTestFolder } from './test-folder.mjs';

export default async function teardown() {
  const folder = process.env.TRIAGED_TEST_FOLDER;
  delete process.env.TRIAGED_TEST_FOLDER;
  if (folder) await removeTestFolder(folder);
}
