import { useEffect, useEffectEvent } from 'react';
import { useConnection } from './connection.js';

/** Calls `look` every `everyMs` while the page is seen and the server is heard, and at once when that begins again. */
export function usePolling(look: () => void, everyMs: number): void {
  const { status } = useConnection();
  const isOnline = status === 'online';
  const lookNow = useEffectEvent(look);
  useEffect(() => {
    if (!isOnline) return undefined;
    let wasHidden = false;
    const tick = () => {
      if (!document.hidden) lookNow();
    };
    const onVisibility = () => {
      if (wasHidden && !document.hidden) lookNow();
      wasHidden = document.hidden;
    };
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [isOnline, everyMs]);
}
