import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { PageRequest } from './pager.js';

/**
 * The rows of a page of entities, newest first, and one more if there is one; and how many match in all, when that is asked
 * for. As `queryPage` and `queryCount`, for what TypeORM has to read.
 */
export function entityPage<Entity extends ObjectLiteral>(
  matching: SelectQueryBuilder<Entity>,
  { limit, offset, after }: PageRequest,
  { withTotal }: { readonly withTotal: boolean },
): Promise<[Entity[], number | undefined]> {
  const [createdAt, id] = [`${matching.alias}.created_at`, `${matching.alias}.id`];
  const page = matching.clone().orderBy(createdAt, 'DESC').addOrderBy(id, 'DESC');
  if (after) page.andWhere(`(${createdAt}, ${id}) < (:createdAt, :id)`, after);
  return Promise.all([
    page
      .limit(limit + 1)
      .offset(offset)
      .getMany(),
    withTotal ? matching.getCount() : undefined,
  ]);
}
