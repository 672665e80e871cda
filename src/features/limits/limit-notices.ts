import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { inTenant } from '../../kernel/tenant-scope.js';
import { Audit } from '../audit/index.js';
import type { BegunModelCall } from '../usage/index.js';
import { LIMIT_WORDS } from './ai-agent-limits.js';
import type { LimitName } from './ai-agent-limits.js';

export interface LimitNoticesDependencies {
  readonly dataSource: DataSource;
  readonly logger: Logger;
}

/** Says that a limit was reached: to the operator in the log, to the tenant in the audit trail. */
export class LimitNotices {
  constructor(private readonly deps: LimitNoticesDependencies) {}

  /** Does not wait; an event that cannot be written is in the log alone. */
  reached({ tenantId, instanceId, aiAgent, runId }: BegunModelCall, name: LimitName, value: number): void {
    const { kind, path, shown } = LIMIT_WORDS[name];
    const whose = { tenantId, instanceId, aiAgent, runId };
    const details = { limit: kind, [path]: shown(value) };
    this.deps.logger.warn({ ...whose, ...details }, 'a limit of an AI agent is reached: its model calls are refused');
    const event = { action: 'AI_AGENT_LIMIT_REACHED', instanceId, aiAgent, runId, details } as const;
    inTenant(tenantId, () => Audit.record(this.deps.dataSource.manager, { tenantId }, event)).catch((error: unknown) =>
      this.deps.logger.error({ err: error, ...whose }, 'a reached limit could not be written to the audit trail'),
    );
  }
}
