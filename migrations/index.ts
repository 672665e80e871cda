import { CreateCore20261120000001 } from './20261120000001-create-core.js';
import { CreateUsage20261120000002 } from './20261120000002-create-usage.js';
import { CreatePlatform20261120000010 } from './20261120000010-create-platform.js';
import { CreateClusters20261121000010 } from './20261121000010-create-clusters.js';
import { CreateNetwork20261121000020 } from './20261121000020-create-network.js';
import { CreateTriageReports20261121000030 } from './20261121000030-create-triage-reports.js';
import { MaskLogs20261121000040 } from './20261121000040-mask-logs.js';
import { BrokerKeys20261121000045 } from './20261121000045-broker-keys.js';
import { RevokeAndDestroyCredentials20261121000050 } from './20261121000050-revoke-and-destroy-credentials.js';
import { ConfigureAiAgents20261121000060 } from './20261121000060-configure-ai-agents.js';
import { CreateAudit20261121000070 } from './20261121000070-create-audit.js';
import { EnforceRowLevelSecurity20261121000080 } from './20261121000080-enforce-row-level-security.js';
import { MeterModelCalls20261122000010 } from './20261122000010-meter-model-calls.js';
import { LimitAiAgents20261122000020 } from './20261122000020-limit-ai-agents.js';
import { AskLiveModels20261122000030 } from './20261122000030-ask-live-models.js';
import { KeepClusterConnections20261122000040 } from './20261122000040-keep-cluster-connections.js';
import { AuditPlatform20261122000041 } from './20261122000041-audit-platform.js';
import { FindLeftFolders20261122000050 } from './20261122000050-find-left-folders.js';
import { AllowProviderFeatures20261122000060 } from './20261122000060-allow-provider-features.js';
import { ChargeUnreportedTokens20261122000070 } from './20261122000070-charge-unreported-tokens.js';
import { KeepRefusals20261122000100 } from './20261122000100-keep-refusals.js';
import { GroupRuns20261122000200 } from './20261122000200-group-runs.js';
import { CreateServers20261122000210 } from './20261122000210-create-servers.js';
import { QueueByTenant20261122000300 } from './20261122000300-queue-by-tenant.js';
import { ExpireRuns20261122000310 } from './20261122000310-expire-runs.js';
import { TraceRuns20261122000400 } from './20261122000400-trace-runs.js';

/** Every migration, oldest first. A migration that was released is never edited. */
export const migrations = [
  CreateCore20261120000001,
  CreateUsage20261120000002,
  CreatePlatform20261120000010,
  CreateClusters20261121000010,
  CreateNetwork20261121000020,
  CreateTriageReports20261121000030,
  MaskLogs20261121000040,
  BrokerKeys20261121000045,
  RevokeAndDestroyCredentials20261121000050,
  ConfigureAiAgents20261121000060,
  CreateAudit20261121000070,
  EnforceRowLevelSecurity20261121000080,
  MeterModelCalls20261122000010,
  LimitAiAgents20261122000020,
  AskLiveModels20261122000030,
  KeepClusterConnections20261122000040,
  AuditPlatform20261122000041,
  FindLeftFolders20261122000050,
  AllowProviderFeatures20261122000060,
  ChargeUnreportedTokens20261122000070,
  KeepRefusals20261122000100,
  GroupRuns20261122000200,
  CreateServers20261122000210,
  QueueByTenant20261122000300,
  ExpireRuns20261122000310,
  TraceRuns20261122000400,
];
