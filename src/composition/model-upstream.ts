import { HttpModelUpstream } from '../adapters/model-upstream/http-model-upstream.js';
import { MockModelUpstream } from '../adapters/model-upstream/mock/index.js';
import type { Config } from '../config/index.js';
import type { ModelUpstream } from '../ports/model-upstream.js';

export function createModelUpstream(config: Config): ModelUpstream {
  return config.modelUpstream === 'http'
    ? new HttpModelUpstream({ baseUrls: config.modelUpstreamUrls })
    : new MockModelUpstream();
}
