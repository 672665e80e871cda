import { describe, expect, it } from '@jest/globals';
import { ConnectPolicy } from '../../kernel/connect-policy.js';
import { checkedBaseUrl } from './base-url.js';

const policyOf = (...networks: string[]) =>
  new ConnectPolicy({ networks, ownServices: () => [], resolve: () => Promise.reject(new Error('not asked')) });

describe('a base URL', () => {
  it.each([
    ['https://models.example.com/v2/', 'https://models.example.com/v2'],
    ['http://models.internal:8080/', 'http://models.internal:8080'],
    ['http://10.1.2.3', 'http://10.1.2.3'],
  ])('%s is taken where the operator added its network', async (given, kept) => {
    expect(await checkedBaseUrl('p', given, policyOf('10.0.0.0/8'))).toBe(kept);
  });

  it.each([
    ['a name, where the operator added no network', 'http://models.internal', []],
    ['a public address', 'http://1.1.1.1', ['10.0.0.0/8']],
    ['an address on another network', 'http://192.168.1.1', ['10.0.0.0/8']],
  ])('is not taken by http to %s', async (_name, given, networks) => {
    const refusal = {
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('MODEL_NETWORKS'),
      details: { path: 'p' },
    };
    await expect(checkedBaseUrl('p', given, policyOf(...networks))).rejects.toMatchObject(refusal);
  });
});
