import { hkdfSync } from 'node:crypto';
import { KnownTokens } from '../../kernel/known-tokens.js';
import type { MasterSecrets } from '../../kernel/master-secrets.js';

const tokenOf = (masterSecret: Buffer): string =>
  Buffer.from(hkdfSync('sha256', masterSecret, '', 'triaged: servers among themselves', 32)).toString('base64url');

/** What servers show each other, made from the master secrets that they share. While these are rotated there are two. */
export class PeerTokens {
  /** The first is shown; the others, to a server that does not know the first yet or any more. */
  readonly all: readonly string[];
  readonly #headers: KnownTokens;

  constructor({ primary, secondary }: MasterSecrets) {
    this.all = [tokenOf(primary), ...(secondary ? [tokenOf(secondary)] : [])];
    this.#headers = new KnownTokens(this.all.map((token) => `Bearer ${token}`));
  }

  /** Of a header `authorization`; takes as long whatever it holds. */
  admits(header: string | undefined): boolean {
    return this.#headers.has(header ?? '');
  }
}
