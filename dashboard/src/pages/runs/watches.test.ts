import { expect, it } from '@jest/globals';
import { Watches } from './watches.js';

it('keeps the watches that are wanted still, and begins a refused one when it is wanted again', () => {
  const done: string[] = [];
  const watches = new Watches((id) => {
    done.push(`+${id}`);
    return () => done.push(`-${id}`);
  });
  const doneBy = (act: () => void) => {
    act();
    return done.splice(0).join(' ');
  };
  expect(doneBy(() => watches.keepTo(['a', 'b']))).toBe('+a +b');
  expect(doneBy(() => watches.keepTo(['c', 'b', 'a']))).toBe('+c');
  expect(doneBy(() => watches.keepTo(['c', 'b']))).toBe('-a');
  expect(doneBy(() => watches.end('b'))).toBe('-b');
  expect(doneBy(() => watches.keepTo(['c', 'b']))).toBe('+b');
  expect(doneBy(() => watches.keepTo([]))).toBe('-c -b');
});
