import { useEffect, useState, useSyncExternalStore } from 'react';
import type { AiAgent } from '../../../../../sdk/src/generated/graphql.js';
import { storedKey } from '../../../api/index.js';
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
  const [client, setClient] = useState<LogClient>();
  const isMeasured = columns > 0;

  useEffect(() => {
    if (!isMeasured) return undefined;
    const opened = new LogClient({ url: location.origin, apiKey: storedKey() ?? '', runId, aiAgent, mode, columns });
    setClient(opened);
    return () => {
      opened.close();
      setClient(undefined);
    };
    // Mode and columns are changed in the same worker, below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [runId, aiAgent, isMeasured]);

  useEffect(() => {
    if (client && columns > 0) void client.call('setLayout', mode, columns);
  }, [client, mode, columns]);

  const state = useSyncExternalStore(client?.subscribe ?? nothing, client?.snapshot ?? empty);
  return { client, state };
}
