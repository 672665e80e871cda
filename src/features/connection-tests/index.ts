export { apiModel, MODEL_ALIASES } from './api-model.js';
export { connectionFailure, type ConnectionFailure } from './connection-failure.js';
export { ConnectionTestResolver } from './connection-test.resolver.js';
export { ConnectionTestService } from './connection-test.service.js';
export { judgeAnswer } from './judge-answer.js';
export { probeOf } from './probe-choice.js';
export type { Probe } from './probes/probe.js';
export { shownText } from './shown-text.js';
