import type { ModelCallGate } from './types.js';

/** Lets every call through. */
export const openGate: ModelCallGate = {
  admit: () => Promise.resolve({ admitted: true, settle: () => undefined }),
};
