export { MockBooks, type MockBookLine } from './mock-books.js';
export { MockModelUpstream, type MockModelUpstreamOptions } from './mock-model-upstream.js';
