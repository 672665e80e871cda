import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config/index.js';
import { createConnectPolicies } from './connect-policies.js';

const policies = (environment: Record<string, string>, databaseUrl = 'postgres://u:p@127.0.0.1:5433/triaged') =>
  createConnectPolicies(loadConfig(environment), databaseUrl, () => [{ host: '127.0.0.1', port: 4000 }]);

describe('the connect policies of a server', () => {
  it('let clusters be in private networks and hosts of egress lists on the public internet only', async () => {
    const { cluster, egress } = policies({});
    expect(await cluster.permits(['10.0.0.1'], 6443)).toBe(true);
    expect(await egress.permits(['10.0.0.1'], 443)).toBe(false);
    for (const policy of [cluster, egress]) {
      expect(await policy.permits(['8.8.8.8'], 443)).toBe(true);
      expect(await policy.permits(['127.0.0.1'], 6443)).toBe(false);
    }
  });

  it('follow CLUSTER_NETWORKS and EGRESS_NETWORKS', async () => {
    const { cluster, egress } = policies({ CLUSTER_NETWORKS: '127.0.0.0/8, ::1/128', EGRESS_NETWORKS: '10.1.0.0/16' });
    expect(await cluster.permits(['127.0.0.1'], 6443)).toBe(true);
    expect(await cluster.permits(['10.0.0.1'], 6443)).toBe(false);
    expect(await egress.permits(['10.1.0.1'], 443)).toBe(true);
    expect(await egress.permits(['10.2.0.1'], 443)).toBe(false);
  });

  it("know this server's database, Redis, engine and listener", async () => {
    const everywhere = { CLUSTER_NETWORKS: '0.0.0.0/0,::/0', EGRESS_NETWORKS: '0.0.0.0/0,::/0' };
    const services = { REDIS_URL: 'rediss://:secret@10.0.0.7', DOCKER_HOST: 'tcp://[fd00::9]:2376' };
    const { cluster, egress } = policies({ ...everywhere, ...services });
    for (const policy of [cluster, egress]) {
      expect(await policy.permits(['127.0.0.1'], 5433)).toBe(false);
      expect(await policy.permits(['127.0.0.1'], 4000)).toBe(false);
      expect(await policy.permits(['10.0.0.7'], 6379)).toBe(false);
      expect(await policy.permits(['fd00::9'], 2376)).toBe(false);
      expect(await policy.permits(['127.0.0.1'], 5432)).toBe(true);
    }
  });

  it.each([
    ['postgres://u:p@10.0.0.5/triaged', '10.0.0.5', 5432],
    ['postgres://u:p@ignored/triaged?host=10.0.0.6&port=6000', '10.0.0.6', 6000],
    ['postgres:///triaged', '127.0.0.1', 5432],
  ])('read %s as libpq does', async (url, address, port) => {
    const { cluster } = policies({ CLUSTER_NETWORKS: '0.0.0.0/0' }, url);
    expect(await cluster.permits([address], port)).toBe(false);
    expect(await cluster.permits([address], port + 1)).toBe(true);
  });

  it('have nothing to keep from whom a database on a unix socket cannot be dialled', async () => {
    const { cluster } = policies({ CLUSTER_NETWORKS: '0.0.0.0/0' }, 'postgres:///triaged?host=/run/postgresql');
    expect(await cluster.permits(['127.0.0.1'], 5432)).toBe(true);
  });
});
