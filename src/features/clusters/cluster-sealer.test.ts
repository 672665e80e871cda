import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { newClusterId } from '../../kernel/ids.js';
import type { TenantId } from '../../kernel/ids.js';
import { Sealer } from '../credentials/index.js';
import { ClusterSealer } from './cluster-sealer.js';
import type { ClusterCredentialPlace } from './cluster-sealer.js';

const place: ClusterCredentialPlace = { tenantId: 'acme' as TenantId, clusterId: newClusterId(), version: 1 };
const credential = { kind: 'TOKEN', token: 'a-token' } as const;

describe('ClusterSealer', () => {
  const sealer = new ClusterSealer(new Sealer({ primary: randomBytes(32) }));
  const sealed = sealer.seal(place, credential);

  it('opens what it sealed, in which the credential does not show', () => {
    expect(sealer.open(place, sealed)).toEqual(credential);
    expect(sealed.includes(credential.token)).toBe(false);
  });

  it.each<[string, Partial<ClusterCredentialPlace>]>([
    ['tenant', { tenantId: 'other' as TenantId }],
    ['cluster', { clusterId: newClusterId() }],
    ['version', { version: 2 }],
  ])('does not open at another %s', (_, change) => {
    expect(() => sealer.open({ ...place, ...change }, sealed)).toThrow();
  });

  it('does not open under another master secret, or with a changed byte', () => {
    expect(() => new ClusterSealer(new Sealer({ primary: randomBytes(32) })).open(place, sealed)).toThrow();
    const changed = Buffer.from(sealed);
    changed[changed.length - 1]! ^= 1;
    expect(() => sealer.open(place, changed)).toThrow();
  });
});
