import { ArgsType, Field, Int, ObjectType } from 'type-graphql';

/** The arguments of a list that has no cursors. */
@ArgsType()
export class OffsetArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many at most: 1 to 100, by default 20, unless the operator set other bounds.',
  })
  limit?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many to leave out first.' })
  offset?: number | null;
}

/** The arguments of every list that can be paged both ways. */
@ArgsType()
export class PageArgs extends OffsetArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'The `nextCursor` of the page before; instead of `offset`, and as fast at every depth. Rows that are added meanwhile shift nothing.',
  })
  after?: string | null;
}

/** What every page has beside its items. */
@ObjectType({ simpleResolvers: true })
export abstract class PageType {
  @Field(() => Int, { description: 'How many there are in all, as filtered. Counted only when it is selected.' })
  totalCount?: number;

  @Field(() => String, { nullable: true, description: 'Give it as `after` for the next page; null on the last one.' })
  nextCursor!: string | null;
}
