import type { DataSource } from 'typeorm';
import type { Config } from '../config/index.js';
import {
  AgentEntity,
  AgentRepository,
  AgentResolver,
  AgentService,
  AgentToolEntity,
} from '../features/agents/index.js';
import {
  ExecutionLogEntity,
  ExecutionRepository,
  ExecutionResolver,
  ExecutionService,
  type ExecutionTrace,
  LiveModel,
  MockModelAdapter,
  PinnedAiAgents,
} from '../features/executions/index.js';
import { ToolEntity, ToolRepository, ToolResolver, ToolService } from '../features/tools/index.js';
import type { CredentialService } from '../features/credentials/index.js';
import type { Gateway } from '../features/gateway/index.js';
import type { InstanceService } from '../features/instances/index.js';
import type { SqlSource } from '../kernel/ownership.js';
import { Pager } from '../kernel/pager.js';
import type { EventBus } from '../ports/event-bus.js';

export const platformEntities = [ToolEntity, AgentEntity, AgentToolEntity, ExecutionLogEntity] as const;

export interface PlatformOptions {
  readonly dataSource: DataSource;
  /** For what is read often. */
  readonly statements: SqlSource;
  readonly masterSecret: Buffer;
  readonly limits: Config['platform'];
  readonly instances: Pick<InstanceService, 'requireOwn' | 'isRunning'>;
  readonly credentials: Pick<CredentialService, 'open' | 'isRevoked'>;
  readonly gateway: Pick<Gateway, 'handle'>;
  readonly bus: EventBus;
  readonly trace?: ExecutionTrace | undefined;
}

/** Builds the agent platform: tools, agents, executions. Holds nothing that must be closed. */
export function createPlatform(options: PlatformOptions) {
  const { dataSource, statements, masterSecret, limits, instances, credentials, gateway, bus, trace } = options;
  const pager = new Pager({ masterSecret, defaultLimit: limits.defaultPageLimit, maxLimit: limits.maxPageLimit });
  const tools = new ToolService({ repository: new ToolRepository(dataSource, statements), pager, limits });
  const agents = new AgentService({ repository: new AgentRepository(dataSource, statements), pager, limits });
  const executions = new ExecutionService({
    repository: new ExecutionRepository(dataSource, statements),
    agents,
    model: new MockModelAdapter(),
    pinned: new PinnedAiAgents({ dataSource, instances }),
    live: new LiveModel({ dataSource, credentials, instances, gateway, bus }),
    pager,
    limits,
    trace,
  });
  return {
    resolvers: [new ToolResolver({ tools }), new AgentResolver({ agents }), new ExecutionResolver({ executions })],
  } as const;
}
