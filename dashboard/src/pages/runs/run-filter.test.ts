import { describe, expect, it } from '@jest/globals';
import { addressOfFilter, apiFilterOf, filterOfAddress, isFiltered } from './run-filter.js';

const INSTANCE = '0f9a2c1e-7f52-4b0e-9a53-0c2f5a0b1d11';
const NOW = Date.parse('2026-11-21T10:00:30.500Z');

describe('the filter of the list of runs', () => {
  it('is read from an address and written to it again', () => {
    const address = `state=FAILED&agent=GOOSE&instance=${INSTANCE}&since=day&search=oom+killed`;
    const filter = filterOfAddress(new URLSearchParams(address));
    expect(new URLSearchParams(addressOfFilter(filter)).toString()).toBe(address);
    expect(apiFilterOf(filter, NOW)).toEqual({
      state: 'FAILED',
      aiAgent: 'GOOSE',
      instanceId: INSTANCE,
      search: 'oom killed',
      from: '2026-11-20T10:00:30.500Z',
    });
  });

  it('leaves out what no filter can be', () => {
    const filter = filterOfAddress(
      new URLSearchParams('state=DONE&agent=__proto__&instance=1&cluster=%00&since=constructor&search=%20'),
    );
    expect(isFiltered(filter)).toBe(false);
    expect(apiFilterOf(filter, NOW)).toEqual({});
  });
});
