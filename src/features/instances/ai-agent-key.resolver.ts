import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import type { CredentialHistory } from '../credentials/index.js';
import type { AiAgentKeyService } from './ai-agent-key.service.js';
import { credentialType, CredentialType, RevokeAiAgentKeyInput, RotateAiAgentKeyInput } from './ai-agent-key.types.js';
import { aiAgentType, InstanceAiAgentType } from './instance.types.js';

export interface AiAgentKeyResolverDependencies {
  readonly keys: AiAgentKeyService;
  readonly history: CredentialHistory;
}

@Resolver(() => InstanceAiAgentType)
export class AiAgentKeyResolver {
  constructor(private readonly deps: AiAgentKeyResolverDependencies) {}

  @FieldResolver(() => [CredentialType], { description: 'The versions of its API key, newest first, 100 at most.' })
  async credentials(
    @Ctx() { actor }: GraphQLContext,
    @Root() { instanceId, aiAgent }: InstanceAiAgentType,
  ): Promise<CredentialType[]> {
    const versions = await this.deps.history.of({ tenantId: actor.tenantId, instanceId, aiAgent });
    return versions.map(credentialType);
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceAiAgentType, {
    description:
      'Stores a new API key. A running instance goes on with the version that its start pinned until it is restarted.',
  })
  async rotateAiAgentKey(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => RotateAiAgentKeyInput, { description: 'The new key.' }) input: RotateAiAgentKeyInput,
  ): Promise<InstanceAiAgentType> {
    return aiAgentType(await this.deps.keys.rotate(actor, input));
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceAiAgentType, {
    description:
      'Revokes a version of an API key at once: its ciphertext is destroyed, the gateway refuses the next model call made with it, the runs that use it end FAILED (CREDENTIAL_REVOKED), and so do calls of `runAgent` under way with it.',
  })
  async revokeAiAgentKey(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => RevokeAiAgentKeyInput, { description: 'Which one.' }) input: RevokeAiAgentKeyInput,
  ): Promise<InstanceAiAgentType> {
    return aiAgentType(await this.deps.keys.revoke(actor, input));
  }
}
