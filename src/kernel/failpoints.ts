/** Where a test may have a process die, to show that nothing is lost there. Each stands between two steps that could part. */
export const FAILPOINTS = [
  /** The old version is ROTATED, the new one not written. */
  'key-rotation-marked',
  /** Both are written, nothing is committed. */
  'key-rotation-sealed',
  /** Committed; the client has no answer. */
  'key-rotation-committed',
  /** The ciphertext of an unused version is gone, its audit event not written; nothing is committed. */
  'key-destruction-written',
  /** The version is REVOKED, its runs are not told; nothing is committed. */
  'key-revocation-marked',
  /** Committed; no server was told. */
  'key-revocation-committed',
  /** A credential was sealed anew in memory. */
  'master-rotation-resealed',
  /** And was written. */
  'master-rotation-written',
  /** One look over one kind of credentials is over. */
  'master-rotation-table-done',
  /** A run was claimed; it has no container. */
  'run-claimed',
  /** It has one, which was not started. */
  'run-created',
  /** Its container has ended and was judged; its end is not recorded. */
  'run-concluded',
  /** Runs are marked as expired, their files are there. */
  'run-expired',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

/** Of the process, as what they end is: set once, by who reads the configuration. */
let armed: ReadonlySet<Failpoint> = new Set();

export function armFailpoints(names: readonly Failpoint[]): void {
  armed = new Set(names);
}

/** Ends the process with SIGKILL, as a crash would, when the operator of a test has armed this point. */
export function failpoint(name: Failpoint): void {
  if (armed.has(name)) process.kill(process.pid, 'SIGKILL');
}
