import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { newInstanceId } from '../../kernel/ids.js';
import type { TenantId } from '../../kernel/ids.js';
import { CredentialSealer } from './credential-sealer.js';
import type { CredentialPlace } from './credential-sealer.js';
import { Sealer } from './sealer.js';

const place: CredentialPlace = {
  tenantId: 'acme' as TenantId,
  instanceId: newInstanceId(),
  aiAgent: 'CLAUDE_CODE',
  version: 1,
};
const key = 'sk-ant-0123456789';

describe('CredentialSealer', () => {
  const sealer = new CredentialSealer(new Sealer({ primary: randomBytes(32) }));
  const sealed = sealer.seal(place, key);

  it('opens what it sealed, with another IV each time', () => {
    expect(sealer.open(place, sealed)).toBe(key);
    expect(sealer.seal(place, key).equals(sealed)).toBe(false);
    expect(sealed.includes(key)).toBe(false);
  });

  it.each<[string, Partial<CredentialPlace>]>([
    ['tenant', { tenantId: 'other' as TenantId }],
    ['instance', { instanceId: newInstanceId() }],
    ['AI agent', { aiAgent: 'GOOSE' }],
    ['version', { version: 2 }],
  ])('does not open at another %s', (_, change) => {
    expect(() => sealer.open({ ...place, ...change }, sealed)).toThrow();
  });

  it('does not open under another master secret', () => {
    expect(() => new CredentialSealer(new Sealer({ primary: randomBytes(32) })).open(place, sealed)).toThrow();
  });

  it('does not open when any byte was changed', () => {
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect(() => sealer.open(place, changed)).toThrow();
    }
  });

  it('does not open with a tag cut to four bytes, or cut anywhere', () => {
    const cutTag = Buffer.concat([sealed.subarray(0, 37), sealed.subarray(49)]);
    expect(() => sealer.open(place, cutTag)).toThrow();
    for (let length = 0; length < sealed.length; length++) {
      expect(() => sealer.open(place, sealed.subarray(0, length))).toThrow();
    }
  });

  it('gives equal fingerprints to equal keys of one tenant only', () => {
    expect(sealer.fingerprint(place.tenantId, key)).toBe(sealer.fingerprint(place.tenantId, key));
    expect(sealer.fingerprint(place.tenantId, key)).toMatch(/^[0-9a-f]{16}$/);
    expect(sealer.fingerprint('other' as TenantId, key)).not.toBe(sealer.fingerprint(place.tenantId, key));
    expect(sealer.fingerprint(place.tenantId, `${key}x`)).not.toBe(sealer.fingerprint(place.tenantId, key));
  });

  it('refuses a master secret that has not 32 bytes', () => {
    expect(() => new CredentialSealer(new Sealer({ primary: randomBytes(31) }))).toThrow(/32 bytes/);
  });
});
