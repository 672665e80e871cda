import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startPeer } from '../harness/peers.js';
import type { Target } from './call.js';
import { startProduct } from './product.js';

export type VariantName = 'direct' | 'Portkey' | 'triaged' | 'triaged, metering off';

export interface Variant extends Target {
  readonly name: VariantName;
  /** Whose CPU time is counted. */
  readonly pid: number;
}

export interface Variants {
  readonly variants: readonly Variant[];
  close(): Promise<void>;
}

/** All variants before one provider, each a fresh process; idle ones cost nothing while another is measured. */
export async function startVariants(
  root: string,
  dataDir: string,
  environment: Readonly<Record<string, string>>,
  streamPauseMs: number,
): Promise<Variants> {
  const opened: { close(): Promise<void> }[] = [];
  const open = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const one = await opening;
    opened.unshift(one);
    return one;
  };
  const close = async (): Promise<void> => {
    for (const one of opened) await one.close();
  };
  try {
    const provider = await open(startPeer(root, 'model-provider', { STREAM_PAUSE_MS: String(streamPauseMs) }));
    const url = `http://127.0.0.1:${provider.port}`;
    const portkey = await open(startPeer(root, 'portkey', {}));
    const product = async (name: VariantName, more: Readonly<Record<string, string>>): Promise<Variant> => {
      const settings = { ...environment, ANTHROPIC_UPSTREAM_URL: url, ...more };
      const folder = path.join(dataDir, name === 'triaged' ? 'on' : 'off');
      await mkdir(folder, { recursive: true });
      return { ...(await open(startProduct(root, folder, settings))), name };
    };
    return {
      variants: [
        { name: 'direct', at: provider.port, pid: provider.pid, path: '/v1/messages', headers: {} },
        {
          ...{ name: 'Portkey', at: portkey.port, pid: portkey.pid, path: '/v1/messages' },
          headers: { 'x-portkey-provider': 'anthropic', 'x-portkey-custom-host': `${url}/v1` },
        },
        await product('triaged', {}),
        await product('triaged, metering off', {
          NODE_OPTIONS: `--import=${pathToFileURL(path.join(root, 'dist/bench/gateway/unmetered.js')).href}`,
        }),
      ],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
