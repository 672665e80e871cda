export { apiModel, MODEL_ALIASES } from './api-model.js';
export { ConnectionTestResolver } from './connection-test.resolver.js';
export { ConnectionTestService } from './connection-test.service.js';
export { probeOf } from './probe-choice.js';
