/** `api` answers clients, `worker` carries out runs, `all` does both. */
export type ServerRole = 'all' | 'api' | 'worker';

/** A server as the others know it. */
export interface KnownServer {
  /** The name of its data folder's worker. */
  readonly id: string;
  readonly role: ServerRole;
  /** Of its run folder. */
  readonly runGroup: string;
  /** Where the others reach it, without a slash at its end. */
  readonly url: string;
}

export const carriesOutRuns = ({ role }: Pick<KnownServer, 'role'>): boolean => role !== 'api';
