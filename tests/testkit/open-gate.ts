import type { ModelCallGate } from '../../src/features/gateway/index.js';

/** Lets every call through. */
export const openGate: ModelCallGate = {
  admit: () => Promise.resolve({ admitted: true, settle: () => undefined }),
};
