import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { MockModelUpstream } from '../../src/adapters/model-upstream/mock/index.js';
import { Gateway, type GatewayCaller } from '../../src/features/gateway/index.js';
import type { ModelCall } from '../../src/features/usage/index.js';
import type { ModelUpstream } from '../../src/ports/model-upstream.js';
import { newInstanceId, newRunId, type TenantId } from '../../src/kernel/ids.js';
import { openGate } from './open-gate.js';

export interface GatewayServer {
  readonly url: string;
  readonly credential: string;
  readonly calls: readonly ModelCall[];
  close(): Promise<void>;
}

/** The gateway of one run, before the built-in mock unless told, over plain HTTP in place of the run channel. */
export async function startGatewayServer(
  whose: Pick<GatewayCaller, 'aiAgent' | 'provider'>,
  { upstream = new MockModelUpstream({ pieceIntervalMs: 0 }) }: { readonly upstream?: ModelUpstream } = {},
): Promise<GatewayServer> {
  const calls: ModelCall[] = [];
  const journal = {
    began: () => undefined,
    limited: () => undefined,
    refused: (call: ModelCall) => void calls.push(call),
    ended: (call: ModelCall) => void calls.push(call),
  };
  const gateway = new Gateway({ upstream, journal, gate: openGate, logger: pino({ level: 'silent' }) });
  const ids = { tenantId: 'demo' as TenantId, instanceId: newInstanceId(), runId: newRunId() };
  const caller: GatewayCaller = { ...ids, ...whose, agentKeys: ['key-of-this-run'], credential: 'key-of-this-run' };
  const server = createServer((request, response) => void gateway.handle(request, response, caller));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ credential: caller.credential, calls },
    async close() {
      await upstream.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
