import type { ReactNode } from 'react';
import { usePolling } from '../api/index.js';
import type { Pages } from '../api/index.js';
import { ErrorBox, Skeleton } from './feedback.js';
import { LoadMore } from './load-more.js';

const LOOK_EVERY_MS = 60_000;

/** A list in each of its states: being read, failed, empty, there; and its next page. What others change shows within a minute. */
export function Listing<Item>({
  pages,
  empty,
  children,
}: {
  readonly pages: Pages<Item>;
  readonly empty: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
}) {
  const { items, problem, nextCursor, loadingMore, loadMore, refresh, reload } = pages;
  usePolling(refresh, LOOK_EVERY_MS);
  return (
    <>
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      {items === undefined && !problem && <Skeleton />}
      {items?.length === 0 && empty}
      {items !== undefined && items.length > 0 && children(items)}
      <LoadMore nextCursor={nextCursor} busy={loadingMore} onMore={loadMore} />
    </>
  );
}
