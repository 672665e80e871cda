/** Browsers draw no element that is much taller. */
const MAX_HEIGHT = 8_000_000;

export interface ScrollGeometry {
  readonly rowCount: number;
  /** Pixels. */
  readonly rowHeight: number;
  /** Pixels of the part that is seen. */
  readonly viewHeight: number;
}

/** Pixels that stand for all rows. */
export const contentHeight = ({ rowCount, rowHeight, viewHeight }: ScrollGeometry): number =>
  Math.max(viewHeight, Math.min(rowCount * rowHeight, MAX_HEIGHT));

/** Whether a pixel of the scroll bar is more than a pixel of rows. */
export const isScaled = ({ rowCount, rowHeight }: ScrollGeometry): boolean => rowCount * rowHeight > MAX_HEIGHT;

/** The last place that the first row seen can have. */
export const lastTop = ({ rowCount, rowHeight, viewHeight }: ScrollGeometry): number =>
  Math.max(0, rowCount - viewHeight / rowHeight);

/** The first row seen, with its fraction that is hidden, for a place of the scroll bar. */
export function topOf(scrollTop: number, geometry: ScrollGeometry): number {
  const range = contentHeight(geometry) - geometry.viewHeight;
  return range <= 0 ? 0 : (Math.min(scrollTop, range) / range) * lastTop(geometry);
}

/** The place of the scroll bar for a first row. */
export function scrollTopOf(top: number, geometry: ScrollGeometry): number {
  const last = lastTop(geometry);
  const range = contentHeight(geometry) - geometry.viewHeight;
  return last === 0 ? 0 : (Math.min(Math.max(0, top), last) / last) * range;
}
