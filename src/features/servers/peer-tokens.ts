import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { MasterSecrets } from '../../kernel/master-secrets.js';

const tokenOf = (masterSecret: Buffer): string =>
  Buffer.from(hkdfSync('sha256', masterSecret, '', 'triaged: servers among themselves', 32)).toString('base64url');

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What servers show each other, made from the master secrets that they share. While these are rotated there are two. */
export class PeerTokens {
  /** The first is shown; the others, to a server that does not know the first yet or any more. */
  readonly all: readonly string[];

  constructor({ primary, secondary }: MasterSecrets) {
    this.all = [tokenOf(primary), ...(secondary ? [tokenOf(secondary)] : [])];
  }

  /** Of a header `authorization`; takes as long whatever it holds. */
  admits(header: string | undefined): boolean {
    const shown = digest(header ?? '');
    return this.all.map((token) => timingSafeEqual(shown, digest(`Bearer ${token}`))).includes(true);
  }
}
