import { constants } from 'node:os';
import { AgentProcess, type AgentEnd } from './agent-process.js';
import { uploadArtifacts } from './artifact-upload.js';
import { ArtifactWatch } from './artifact-watch.js';
import { agentEnvironment, fetchBootstrap, prepareFolders } from './bootstrap.js';
import { ChannelClient } from './channel-client.js';
import { startConnectProxy } from './connect-proxy.js';
import { messageOf, say } from './diagnostics.js';
import { DEFAULT_MODEL_PORT, startModelProxy } from './model-proxy.js';
import { openOutputPipe } from './output-pipe.js';
import { OutputShipper } from './output-shipper.js';
import { CONTAINER_CHANNEL_DIRECTORY, SOCKET_NAME, type ExitReport } from './protocol.js';

/**
 * What starts a run, in a container below an init that reaps orphans, since Node waits for its own children only: fetches
 * what the run needs over the run channel, starts the agent, ships its output, passes its model calls on, sends the
 * artifacts back and exits like the agent.
 *
 * Environment: TRIAGED_CHANNEL (the socket's path), TRIAGED_MODEL_PORT (0: any), TRIAGED_PATIENCE_SECONDS (how long a
 * server may be away before the agent's start and after its end; 60), TRIAGED_OWN_PID_NAMESPACE=1 (below another init).
 * Exit: the agent's code, 128 + signal, 124 on timeout, 70 when the server stayed away, 71 when the run could not start.
 */
const EXIT_TIMED_OUT = 124;
const EXIT_CHANNEL_LOST = 70;
const EXIT_NOT_STARTED = 71;
const SIGNAL_BASE = 128;

const { env } = process;
const socketPath = env.TRIAGED_CHANNEL ?? `${CONTAINER_CHANNEL_DIRECTORY}/${SOCKET_NAME}`;
const modelPort = Number(env.TRIAGED_MODEL_PORT ?? DEFAULT_MODEL_PORT);
const patienceMs = Number(env.TRIAGED_PATIENCE_SECONDS ?? 60) * 1000;
const ownsPidNamespace = process.pid === 1 || env.TRIAGED_OWN_PID_NAMESPACE === '1';

let agent: AgentProcess | undefined;

/** Before the agent runs there is nothing to end in order. */
function onSignal(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP'): void {
  if (agent) agent.stop();
  else process.exit(SIGNAL_BASE + constants.signals[signal]);
}

async function start(client: ChannelClient) {
  // Side by side, because a run waits for all of it: the pipe takes a process, the bootstrap the server's work.
  const [bootstrap, pipe] = await Promise.all([fetchBootstrap(client, patienceMs), openOutputPipe()]);
  const model = await startModelProxy({ socketPath, port: modelPort });
  const { channelToken } = bootstrap;
  const connect = await startConnectProxy({ socketPath, channelToken, modelAuthority: new URL(model.url).host });
  await prepareFolders(bootstrap, connect.url);
  const started = await client.callPatiently({ method: 'POST', path: '/v1/started' }, patienceMs);
  if (started.status !== 204) throw new Error(`the server refused the start with ${started.status}`);
  const shipper = new OutputShipper({ client, onLogFull: () => agent?.stop() });
  const environment = agentEnvironment(bootstrap, { modelUrl: model.url, connectProxyUrl: connect.url });
  agent = new AgentProcess({ bootstrap, environment, shipper, pipe, ownsPidNamespace });
  return { bootstrap, shipper, agent };
}

async function run(client: ChannelClient): Promise<number> {
  const { bootstrap, shipper, agent: running } = await start(client);
  const watch = new ArtifactWatch(bootstrap, () => running.stop());
  const end = await running.end(() => shipper.giveUpAfter(patienceMs));
  watch.close();
  const outputSha256 = await shipper.end();
  const someLeftOut = await uploadArtifacts(client, bootstrap, 2 * patienceMs);
  const artifactsOverLimit = watch.isOverLimit || someLeftOut;
  const report: ExitReport = { ...end, outputBytes: shipper.bytes, outputSha256, artifactsOverLimit };
  const body = Buffer.from(JSON.stringify(report));
  const { status } = await client.callPatiently({ method: 'POST', path: '/v1/exit', body }, patienceMs);
  if (status !== 204) say(`the server refused the exit report with ${status}`);
  return exitCodeOf(end);
}

function exitCodeOf({ exitCode, signal, timedOut }: AgentEnd): number {
  if (timedOut) return EXIT_TIMED_OUT;
  return exitCode ?? SIGNAL_BASE + (signal ? constants.signals[signal] : 0);
}

function exitCodeOfError(error: unknown): number {
  say(messageOf(error));
  return agent || (error instanceof Error && error.name === 'ChannelLost') ? EXIT_CHANNEL_LOST : EXIT_NOT_STARTED;
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
// No await out here: as CommonJS, which the image holds, Node starts this sooner.
void run(new ChannelClient(socketPath))
  .catch(exitCodeOfError)
  .then((code) => process.exit(code));
