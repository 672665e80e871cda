export { MockModelUpstream, type MockModelUpstreamOptions } from './mock-model-upstream.js';
