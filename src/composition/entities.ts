import { AiAgentConfigurationEntity } from '../features/ai-agents/index.js';
import { ClusterEntity } from '../features/clusters/index.js';
import { CredentialEntity } from '../features/credentials/index.js';
import { InstanceEntity, InstancePinEntity } from '../features/instances/index.js';
import { AiAgentLimitsEntity } from '../features/limits/index.js';
import { TriageRunEntity } from '../features/triage/index.js';
import { platformEntities } from './platform.js';

/** Every table that TypeORM reads or writes as objects. */
export const entities = [
  InstanceEntity,
  InstancePinEntity,
  AiAgentConfigurationEntity,
  AiAgentLimitsEntity,
  CredentialEntity,
  ClusterEntity,
  TriageRunEntity,
  ...platformEntities,
];
