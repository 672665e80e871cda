export { ConnectionTestResolver } from './connection-test.resolver.js';
export { ConnectionTestService } from './connection-test.service.js';
