const PAGE = 100;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | null;
}

/** Everything of a list, or its first `limit`, page by page. */
export async function allOf<Item>(
  page: (page: { readonly limit: number; readonly after: string | null }) => Promise<Page<Item>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let after: string | null = null; ;) {
    const { items, nextCursor } = await page({ limit: Math.min(PAGE, limit - all.length), after });
    all.push(...items);
    if (!nextCursor || all.length >= limit) return all;
    after = nextCursor;
  }
}
