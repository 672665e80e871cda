import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { make } from '../../kernel/make.js';
import { PageArgs } from '../../kernel/page-type.js';
import { selectedFields } from '../../kernel/selection.js';
import type { RecordedEvent } from './audit-event.js';
import type { AuditService } from './audit.service.js';
import { AuditDetailType, AuditEventFilterInput, AuditEventPageType, AuditEventType } from './audit.types.js';

const auditEventType = ({ createdAt, details, ...event }: RecordedEvent): AuditEventType =>
  make(AuditEventType, {
    ...event,
    at: createdAt,
    details: Object.entries(details).map(([name, value]) => make(AuditDetailType, { name, value })),
  });

@Resolver()
export class AuditResolver {
  constructor(private readonly deps: { readonly audit: AuditService }) {}

  @Auth('ADMIN')
  @Query(() => AuditEventPageType, {
    description:
      'Who did what to instances, credentials, clusters, runs, agents and tools, and from where; newest first.',
  })
  async auditEvents(
    @Ctx() { actor }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => AuditEventFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: AuditEventFilterInput | null,
  ): Promise<AuditEventPageType> {
    const withTotal = selectedFields(info).has('totalCount');
    const found = await this.deps.audit.list(actor, filter ?? {}, page, { withTotal });
    return Object.assign(new AuditEventPageType(), { ...found, items: found.items.map(auditEventType) });
  }
}
