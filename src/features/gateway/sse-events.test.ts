import { describe, expect, it } from '@jest/globals';
import { SseEventReader, type SseEvent } from './sse-events.js';

describe('SseEventReader', () => {
  const events = (text: string): SseEvent[] => {
    const found: SseEvent[] = [];
    new SseEventReader((one) => found.push(one)).write(Buffer.from(text));
    return found;
  };

  it('joins data lines, takes off one blank, and drops an event that was left open', () => {
    expect(events('event:a\ndata: 1\ndata:  2\n\ndata: open')).toEqual([{ name: 'a', data: '1\n 2' }]);
  });

  it('forgets the name after each event, and skips events without data', () => {
    expect(events('event: a\n\ndata: x\n\n')).toEqual([{ name: '', data: 'x' }]);
  });

  it('skips an event of absurd length and reads the next', () => {
    const long = 'x'.repeat(9 * 1024 * 1024);
    expect(events(`data: ${long}\n\ndata: next\n\n`)).toEqual([{ name: '', data: 'next' }]);
  });
});
