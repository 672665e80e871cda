import { Button } from './button.js';

/** The next part of a list, while there is one. */
export function LoadMore({
  nextCursor,
  busy,
  onMore,
}: {
  /** Of the last page that was read. */
  readonly nextCursor: string | null | undefined;
  readonly busy: boolean;
  readonly onMore: (after: string) => void;
}) {
  if (nextCursor === null || nextCursor === undefined) return null;
  return (
    <div className="row">
      <Button busy={busy} onClick={() => onMore(nextCursor)}>
        Load more
      </Button>
    </div>
  );
}
