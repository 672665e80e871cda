import { describe, expect, it } from '@jest/globals';
import { EMPTY_NETWORK_RECORD, withRefusal } from './network-record.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const refusals = (...authorities: string[]) =>
  authorities.reduce((record, authority, index) => withRefusal(record, authority, at(index)), EMPTY_NETWORK_RECORD)
    .refused;

describe('the refused connections of a run', () => {
  it('are counted by destination, with the time of the first', () => {
    expect(refusals('a.example:443', 'b.example:443', 'A.example.:443', 'a.example:80')).toEqual([
      { host: 'a.example', port: 443, count: 2, firstAt: at(0).toISOString() },
      { host: 'b.example', port: 443, count: 1, firstAt: at(1).toISOString() },
      { host: 'a.example', port: 80, count: 1, firstAt: at(3).toISOString() },
    ]);
  });

  it('stop at 100 destinations, of which the counts go on', () => {
    const many = Array.from({ length: 150 }, (_, index) => `h${index}.example:443`);
    const refused = refusals(...many, 'h0.example:443', 'h149.example:443');
    expect(refused).toHaveLength(100);
    expect(refused[0]).toMatchObject({ host: 'h0.example', count: 2 });
  });

  it.each([
    ['\u001b]52;c;cm0gLXJm\u0007:443', '?]52;c;cm0gLXJm?', 443],
    ['a\u202eb.example:443', 'a?b.example', 443],
    ['no port', 'no?port', null],
    ['2130706433:80', '2130706433', 80],
    ['[::1%lo]:22', '[::1%lo]', 22],
    ['example.com:99999', 'example.com', 99_999],
    ['', '', null],
  ])('show %j in printable form', (authority, host, port) => {
    expect(refusals(authority)).toEqual([expect.objectContaining({ host, port, count: 1 })]);
  });

  it('keep no more of a name than a name may have', () => {
    expect(refusals(`${'x'.repeat(10_000)}:443`)[0]!.host).toHaveLength(253);
  });
});
