import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import type { AiAgent } from '../../../../../sdk/src/generated/graphql.js';
import { useApiKey } from '../../../api/index.js';
import type { LogMode } from './layout.js';
import { LogClient } from './log-client.js';
import { EMPTY_LOG, type LogState } from './log-protocol.js';

const nothing = (): (() => void) => () => undefined;
const empty = (): LogState => EMPTY_LOG;

/** A run's log in a worker of its own while the page is shown; undefined in the first moment. */
export function useLog(options: {
  readonly runId: string;
  readonly aiAgent: AiAgent;
  readonly mode: LogMode;
  readonly columns: number;
}): { readonly client: LogClient | undefined; readonly state: LogState } {
  const { runId, aiAgent, mode, columns } = options;
  const apiKey = useApiKey();
  const [client, setClient] = useState<LogClient>();
  const isMeasured = columns > 0;

  const open = useEffectEvent(() => new LogClient({ url: location.origin, apiKey, runId, aiAgent, mode, columns }));
  useEffect(() => {
    if (!isMeasured) return undefined;
    const opened = open();
    const show = requestAnimationFrame(() => setClient(opened));
    return () => {
      cancelAnimationFrame(show);
      opened.close();
      setClient(undefined);
    };
  }, [runId, aiAgent, isMeasured]);

  useEffect(() => {
    if (client && columns > 0) void client.call('setLayout', mode, columns);
  }, [client, mode, columns]);

  const state = useSyncExternalStore(client?.subscribe ?? nothing, client?.snapshot ?? empty);
  return { client, state };
}
