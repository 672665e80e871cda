import { HttpModelUpstream } from '../adapters/model-upstream/http-model-upstream.js';
import { MockModelUpstream } from '../adapters/model-upstream/mock/index.js';
import type { Config } from '../config/index.js';
import type { ConnectPolicy } from '../kernel/connect-policy.js';
import type { ModelUpstream } from '../ports/model-upstream.js';

/** `policy` is for base URLs of tenants; the mock answers those itself. */
export function createModelUpstream(config: Config, policy: ConnectPolicy): ModelUpstream {
  return config.modelUpstream === 'http'
    ? new HttpModelUpstream({ baseUrls: config.modelUpstreamUrls, policy })
    : new MockModelUpstream();
}
