/** What credentials are sealed with, and what else is derived from it. 32 bytes each. */
export interface MasterSecrets {
  /** Seals, signs and opens. */
  readonly primary: Buffer;
  /** While the master secret is being rotated: opens and recognises what the other server, or the earlier secret, made. */
  readonly secondary?: Buffer | undefined;
}
