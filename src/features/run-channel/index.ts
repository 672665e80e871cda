export type { RunChannel, RunChannelHandlers, RunChannelOptions } from './types.js';
