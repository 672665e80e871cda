import { useEffect, useState } from 'react';
import type { RefObject } from 'react';

const STEP = 10;
const BOUNDS = { least: 30, most: 200 };
const SETTLED_MS = 150;

/** How many cells of the font fit the element, in steps, so that a small change lays out nothing anew; 0 before it is known. */
export function useColumns(element: RefObject<HTMLElement | null>, fontSize: number): number {
  const [columns, setColumns] = useState(0);
  useEffect(() => {
    const measured = element.current;
    if (!measured) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const measure = (): void => {
      if (measured.clientWidth === 0) return;
      const context = document.createElement('canvas').getContext('2d');
      if (!context) return;
      context.font = `${fontSize}px ${getComputedStyle(measured).getPropertyValue('--mono')}`;
      const cell = context.measureText('m'.repeat(100)).width / 100;
      const fitting = Math.floor((measured.clientWidth - 44) / cell / STEP) * STEP;
      setColumns(Math.min(Math.max(BOUNDS.least, fitting), BOUNDS.most));
    };
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(measure, SETTLED_MS);
    });
    observer.observe(measured);
    measure();
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [element, fontSize]);
  return columns;
}
