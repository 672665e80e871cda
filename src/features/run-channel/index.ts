export { ChannelRefusal } from './channel-refusal.js';
export type { RunChannel, RunChannelHandlers, RunChannelOptions } from './types.js';
export { RunChannelServer, type RunChannelServerOptions } from './run-channel.server.js';
