import { Triaged } from '../../../../../sdk/src/index.js';
import { lineParsers } from '../../../../../sdk/src/renderer/index.js';
import type { LogSource } from './log-bytes.js';
import { LogModel } from './log-model.js';
import type { LogAnswer, LogRequest, OpenLog } from './log-protocol.js';
import { LogService } from './log-service.js';

// The page's thread sees no byte of a log but the rows that it draws: what an agent prints is read, kept and searched here.

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<LogRequest>) => void;
  postMessage(message: LogAnswer): void;
};
let service: LogService | undefined;

scope.onmessage = ({ data }) => {
  if ('open' in data) {
    service = open(data.open);
    void service.follow();
    return;
  }
  const { id, call, values } = data;
  const called = (service as unknown as Record<string, (...given: readonly unknown[]) => Promise<unknown>>)[call]!;
  called.apply(service, [...values]).then(
    (value) => scope.postMessage({ id, value }),
    (error: unknown) => scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
};

function open({ url, apiKey, runId, aiAgent, mode, columns }: OpenLog): LogService {
  const client = new Triaged({ url, apiKey });
  const parse = lineParsers[aiAgent];
  const onReconnect = (): void => opened.setReconnecting(true);
  const source: LogSource = {
    follow: (fromOffset) => client.triageOutput(runId, { fromOffset, onReconnect }),
  };
  const opened = new LogService(new LogModel({ source, parse, mode, columns }), source, (state) =>
    scope.postMessage({ state }),
  );
  return opened;
}
