import { describe, expect, it } from '@jest/globals';
import { contentHeight, isScaled, lastTop, scrollTopOf, topOf } from './scroll-geometry.js';

const of = (rowCount: number) => ({ rowCount, rowHeight: 20, viewHeight: 610 });

describe('scroll geometry', () => {
  it.each([0, 1, 31, 1000, 399_999, 400_001, 50_000_000])(
    'leads from a row to its place and back, of %d rows',
    (rowCount) => {
      const geometry = of(rowCount);
      for (const part of [0, 0.1, 0.5, 1]) {
        const top = lastTop(geometry) * part;
        expect(topOf(scrollTopOf(top, geometry), geometry)).toBeCloseTo(top, 4);
      }
      expect(topOf(contentHeight(geometry), geometry)).toBeCloseTo(lastTop(geometry), 4);
    },
  );

  it('moves by a row for each height of a row, as long as the rows fit', () => {
    expect(topOf(200, of(1000))).toBeCloseTo(10);
    expect(isScaled(of(1000))).toBe(false);
  });

  it('never makes an element that browsers do not draw', () => {
    expect(contentHeight(of(1_000_000_000))).toBe(8_000_000);
    expect(isScaled(of(1_000_000_000))).toBe(true);
  });
});
