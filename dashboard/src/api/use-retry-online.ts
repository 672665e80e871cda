import { useEffect, useEffectEvent } from 'react';
import { useConnection } from './connection.js';
import type { Problem } from './problem.js';

/** Calls `retry` once the server is heard again, when it was not when `problem` came. */
export function useRetryOnline(problem: Problem | undefined, retry: () => void): void {
  const { status } = useConnection();
  const isDue = status === 'online' && problem?.code === 'UNREACHABLE';
  const retryNow = useEffectEvent(retry);
  useEffect(() => {
    if (isDue) retryNow();
  }, [isDue]);
}
