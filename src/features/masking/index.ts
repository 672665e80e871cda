export { maskKeys } from './key-patterns.js';
export { MaskedLog } from './masked-log.js';
export { Masker } from './masker.js';
