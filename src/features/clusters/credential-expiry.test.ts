import { describe, expect, it } from '@jest/globals';
import { credentialExpiry } from './credential-expiry.js';

const claiming = (payload: string) =>
  credentialExpiry({ kind: 'TOKEN', token: `h.${Buffer.from(payload).toString('base64url')}.s` });

describe('credentialExpiry', () => {
  it('is what a token claims', () => {
    expect(claiming('{"exp":1800000000}')).toEqual(new Date('2027-01-15T08:00:00Z'));
  });

  it.each(['{}', 'null', '[]', 'no JSON', '{"exp":"1800000000"}', '{"exp":-8e12}', '{"exp":8e12}', '{"exp":1e400}'])(
    'is unknown for the claims %s',
    (payload) => {
      expect(claiming(payload)).toBeNull();
    },
  );

  it('is unknown for a token that is no JWT', () => {
    expect(credentialExpiry({ kind: 'TOKEN', token: 'opaque-token' })).toBeNull();
  });
});
