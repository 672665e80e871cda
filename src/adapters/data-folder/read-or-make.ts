import { randomUUID } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import { hasErrno } from '../../kernel/errors.js';

/** The file's text, or what `make` gives, written for the owner only; the same for all that ask at once. */
export async function readOrMake(file: string, make: () => string): Promise<string> {
  for (;;) {
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (error) {
      if (!hasErrno(error, 'ENOENT')) throw error;
    }
    const candidate = `${file}.${randomUUID()}`;
    try {
      await writeFileAtomically(candidate, `${make()}\n`);
      await link(candidate, file);
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error;
    } finally {
      await rm(candidate, { force: true });
    }
  }
}
