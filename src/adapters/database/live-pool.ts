import type { Socket } from 'node:net';
import pg from 'pg';
import type { PoolClient, PoolConfig } from 'pg';

/** Longer than any statement may take: the server itself ends one before. */
export const SILENCE_MS = 15_000;

/** What node-postgres has beside its published types. */
interface Wire {
  /** False while a statement is under way. */
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

/**
 * A pool that ends connections on which Postgres owes an answer and is silent: a route that was lost says nothing. Of itself
 * node-postgres would give up the statement alone and hand the dead connection to the next borrower.
 */
export class LivePool extends pg.Pool {
  constructor(config?: PoolConfig) {
    super(config);
    this.on('connect', endWhenSilent);
  }
}

function endWhenSilent(client: PoolClient): void {
  const wire = client as unknown as Wire;
  const { stream } = wire.connection;
  // Over TLS, too, the bytes of either direction put it off.
  stream.setTimeout(SILENCE_MS, () => {
    if (wire.readyForQuery) return;
    const silence = new Error(`Postgres did not answer for ${SILENCE_MS} ms`);
    stream.destroy(Object.assign(silence, { code: 'ETIMEDOUT' }));
  });
}
