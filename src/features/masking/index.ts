export { Masker } from './masker.js';
export type { Decision } from './masker.js';
