import { describe, expect, it } from '@jest/globals';
import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { SealBroken, Sealer } from './sealer.js';
import type { SealingPlace } from './sealer.js';

const place: SealingPlace = { keyOf: ['credential', 'acme'], boundTo: ['acme', 'CLAUDE_CODE', 1] };
const elsewhere: SealingPlace = { ...place, boundTo: ['acme', 'CLAUDE_CODE', 2] };
const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const TAG = { start: 33, end: 49 };

describe('Sealer', () => {
  const sealer = new Sealer({ primary: first });
  const sealed = sealer.seal(place, 'a secret');
  const reasonOf = (by: Sealer, at: SealingPlace, bytes: Buffer): string => {
    try {
      return by.open(at, bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(SealBroken);
      return (error as SealBroken).message;
    }
  };

  it('opens under either of two master secrets and seals under the primary alone', () => {
    const turned = new Sealer({ primary: second, secondary: first });
    expect(turned.open(place, sealed)).toBe('a secret');
    expect(turned.prefix.equals(sealed.subarray(0, 9))).toBe(false);
    const anew = turned.seal(place, 'a secret');
    expect(anew.subarray(0, 9)).toEqual(turned.prefix);
    expect(new Sealer({ primary: second }).open(place, anew)).toBe('a secret');
    expect(() => sealer.open(place, anew)).toThrow(SealBroken);
  });

  it('says why something does not open: the secret, the place, the length, the bytes', () => {
    const wrong = new Sealer({ primary: second, secondary: third });
    expect(reasonOf(wrong, place, sealed)).toBe(
      `it was sealed under another master secret: its key id is ${sealer.keyId}, this server holds ` +
        `${wrong.keyId} and ${new Sealer({ primary: third }).keyId}`,
    );
    expect(reasonOf(sealer, elsewhere, sealed)).toMatch(/another place: its row was swapped or edited/);
    const cutTag = Buffer.concat([sealed.subarray(0, TAG.start + 4), sealed.subarray(TAG.end)]);
    expect(reasonOf(sealer, place, cutTag)).toBe('its length was changed: it has 45 bytes instead of 57');
    const changed = Buffer.from(sealed);
    changed[TAG.start]! ^= 1;
    expect(reasonOf(sealer, place, changed)).toBe('its bytes were changed: the tag does not fit');
    expect(reasonOf(sealer, place, Buffer.from('sk-ant-plain'))).toBe('it is nothing that triaged has sealed');
  });

  it('binds the place by the tag, not by the label', () => {
    const relabelled = Buffer.from(sealed);
    sealer.seal(elsewhere, 'a secret').copy(relabelled, 9, 9, 17);
    expect(reasonOf(sealer, elsewhere, relabelled)).toBe('its bytes were changed: the tag does not fit');
  });

  it('opens what was sealed before there were labels, under whichever secret', () => {
    const key = Buffer.from(hkdfSync('sha256', first, 'triaged', JSON.stringify(place.keyOf), 32));
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(
      Buffer.from(JSON.stringify(place.boundTo)),
    );
    const text = Buffer.concat([cipher.update('an old secret'), cipher.final()]);
    const old = Buffer.concat([Buffer.of(1), iv, cipher.getAuthTag(), text]);
    expect(new Sealer({ primary: second, secondary: first }).open(place, old)).toBe('an old secret');
    expect(sealer.open(place, old)).toBe('an old secret');
    expect(reasonOf(sealer, elsewhere, old)).toBe('its bytes were changed: the tag does not fit');
  });
});
