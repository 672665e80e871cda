export { linesWith } from './lines-with.js';
export type { RunLogChunk, RunLogEncoding, RunLogReader, RunLogWriter } from './types.js';
export { LogFull, OffsetConflict, StaleFence } from './run-log.errors.js';
export { RunLogStore, type RunLogStoreOptions } from './run-log.store.js';
export { RunLogFeeds, type FollowOptions } from './run-log.feeds.js';
