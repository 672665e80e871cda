const actions = new Set<() => void>();

/** Runs the action on Ctrl-C or TERM, unless it was released before. */
export function untilInterrupted(action: () => void): () => void {
  actions.add(action);
  return () => void actions.delete(action);
}

const TIDY_WITHIN_MS = 30_000;

/** Children have process groups of their own; killing them makes the group under way fail, and its `finally` tidies up. */
export function listenForInterruption(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.error(`${signal}: tidying up`);
      for (const action of actions) action();
      setTimeout(() => process.exit(130), TIDY_WITHIN_MS).unref();
    });
  }
}
