import { Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { make } from '../../kernel/make.js';

@ObjectType('Actor', { description: 'The holder of an API key.' })
export class ActorType {
  @Field(() => ID, { description: 'The tenant whose objects it sees.' })
  tenantId!: string;

  @Field(() => String, { description: 'ADMIN, OPERATOR or VIEWER.' })
  role!: string;

  @Field(() => String, { description: "The key's readable prefix, as in the audit trail." })
  keyId!: string;
}

@Resolver()
export class ActorResolver {
  @Auth('VIEWER')
  @Query(() => ActorType, { description: 'Who asks: what the API key of this request stands for.' })
  actor(@Ctx() { actor: { tenantId, role, keyId } }: GraphQLContext): ActorType {
    return make(ActorType, { tenantId, role, keyId });
  }
}
