import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type { TenantId } from './ids.js';
import { Pager } from './pager.js';

const acme = 'acme' as TenantId;
const options = { masterSecret: randomBytes(32), defaultLimit: 20, maxLimit: 100 };
const pager = new Pager(options);
const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: randomUUID(), createdAt: new Date(1e12 + n) }));
const cursorOf = (list = 'tools', tenant = acme) =>
  pager.page(list, tenant, pager.read(list, tenant, { limit: 1 }), rows(2)).nextCursor!;
const badInput = (path: string) =>
  expect.objectContaining({ code: 'BAD_USER_INPUT', details: expect.objectContaining({ path }) });

describe('Pager', () => {
  it('takes what is left out or null for the defaults', () => {
    const usual = { limit: 20, offset: 0, after: undefined };
    expect(pager.read('tools', acme, {})).toEqual(usual);
    expect(pager.read('tools', acme, { limit: null, offset: null, after: null })).toEqual(usual);
    expect(pager.read('tools', acme, { limit: 1, offset: 7 })).toEqual({ limit: 1, offset: 7, after: undefined });
  });

  it.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: -1 }],
    ['limit', { limit: 101 }],
    ['offset', { offset: -1 }],
    ['offset', { offset: 1, after: cursorOf() }],
    ['after', { after: '' }],
    ['after', { after: 'x'.repeat(10_000) }],
    ['after', { after: randomBytes(36).toString('base64url') }],
  ])('refuses the %s of %j', (path, args) => {
    expect(() => pager.read('tools', acme, args)).toThrow(badInput(path));
  });

  it('gives a cursor while there are more rows, none on the last page', () => {
    const request = pager.read('tools', acme, { limit: 3 });
    const four = rows(4);
    const page = pager.page('tools', acme, request, four);
    expect(page.items).toEqual(four.slice(0, 3));
    expect(pager.read('tools', acme, { after: page.nextCursor }).after).toEqual(four[2]);
    expect(pager.page('tools', acme, request, rows(3)).nextCursor).toBeNull();
    expect(pager.page('tools', acme, request, [])).toEqual({ items: [], nextCursor: null });
  });

  it('takes a cursor for its own list, tenant and secret alone, with no character changed', () => {
    const cursor = cursorOf();
    expect(pager.read('tools', acme, { after: cursor }).after).toBeDefined();
    expect(() => pager.read('agents', acme, { after: cursor })).toThrow(badInput('after'));
    expect(() => pager.read('tools', 'other' as TenantId, { after: cursor })).toThrow(badInput('after'));
    const elsewhere = new Pager({ ...options, masterSecret: randomBytes(32) });
    expect(() => elsewhere.read('tools', acme, { after: cursor })).toThrow(badInput('after'));
    for (let index = 0; index < cursor.length; index += 1) {
      const changed = cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1);
      expect(() => pager.read('tools', acme, { after: changed })).toThrow(badInput('after'));
    }
  });

  it('takes cursors of every server that shares the master secret', () => {
    expect(new Pager(options).read('tools', acme, { after: cursorOf() }).after).toBeDefined();
  });
});
