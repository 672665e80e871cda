export { inspected, withoutBody, type Inspection } from './inspected.js';
export type { AllowedFeatures } from './refusal.js';
