export type { RunLogChunk, RunLogEncoding, RunLogReader, RunLogWriter } from './types.js';
