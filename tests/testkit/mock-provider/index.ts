import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ProviderBooks } from './books.js';

export type { ProviderBooks } from './books.js';

export interface MockProvider {
  /** Of all three providers' APIs. */
  readonly url: string;
  books(): Promise<ProviderBooks>;
  close(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '../../..');

/** The built-in mock behind HTTP, in a process of its own: what is done to a server does not touch its books. */
export async function startMockProvider(): Promise<MockProvider> {
  await mkdir(path.join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(path.join(root, '.cache', 'mock-provider-'));
  const program = path.join(folder, 'main.mjs');
  const entryPoints = [path.join(import.meta.dirname, 'main.ts')];
  await build({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url, booksUrl } = JSON.parse(line) as { url: string; booksUrl: string };
  return {
    url,
    books: async () => (await (await fetch(booksUrl)).json()) as ProviderBooks,
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
