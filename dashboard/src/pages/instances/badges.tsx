import type { InstanceAiAgentFieldsFragment, InstanceState } from '../../../../sdk/src/generated/graphql.js';
import { Badge } from '../../ui/index.js';

export function InstanceStateBadge({ state }: { readonly state: InstanceState }) {
  return state === 'RUNNING' ? <Badge tone="good">Running</Badge> : <Badge>Stopped</Badge>;
}

/** How an AI agent of an instance stands. */
export function AiAgentBadge({ aiAgent }: { readonly aiAgent: InstanceAiAgentFieldsFragment }) {
  if (aiAgent.credentialState === 'REVOKED') return <Badge tone="bad">Key revoked</Badge>;
  return aiAgent.configured ? <Badge tone="good">Configured</Badge> : <Badge>Not configured</Badge>;
}
