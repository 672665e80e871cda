export { peerRoutes } from './peer-routes.js';
export { createWorkerServer } from './worker-server.js';
export { createTriagedServer } from './triaged-server.js';
export type { TriagedServer, TriagedServerOptions } from './triaged-server.js';
export type { Readiness } from './health.js';
