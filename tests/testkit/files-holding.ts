import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file that a live engine or server has removed since grep listed it. */
const VANISHED = ': No such file or directory';

/**
 * Files below the folder that hold the text, in plain, base64, URL-safe base64 or hex form. Throws when the folder cannot be
 * read, or a part of it: an empty answer says that all of it was searched.
 */
export async function filesHolding(secret: string, folder: string): Promise<string[]> {
  await readdir(folder);
  const bytes = Buffer.from(secret);
  // Base64 of the middle, at each alignment, so that what stands before the secret does not hide it.
  const encoded = [0, 1, 2].flatMap((skip) => {
    const part = bytes.subarray(skip, skip + 3 * Math.floor((bytes.length - skip) / 3));
    return [part.toString('base64'), part.toString('base64url')];
  });
  const patterns = [secret, bytes.toString('hex'), ...encoded].flatMap((pattern) => ['-e', pattern]);
  try {
    const options = { maxBuffer: 16 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } };
    const { stdout } = await run('grep', ['-rlaF', ...patterns, folder], options);
    return stdout.split('\n').filter(Boolean);
  } catch (error) {
    // 1: no file holds it. 2: something could not be read, whatever was found elsewhere.
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    const faults = stderr.split('\n').filter(Boolean);
    if (code !== 1 && !(code === 2 && faults.every((fault) => fault.endsWith(VANISHED)))) throw error;
    return stdout.split('\n').filter(Boolean);
  }
}
