import { Between, type DataSource } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import { badUserInput } from '../../kernel/errors.js';
import type { InstanceId } from '../../kernel/ids.js';
import { UsageDaily } from './usage.entity.js';

export interface UsageServiceDependencies {
  readonly dataSource: DataSource;
  /** Rejects with NOT_FOUND or FORBIDDEN unless the instance is the actor's tenant's. */
  readonly instances: { requireKnown(actor: Actor, id: InstanceId): Promise<unknown> };
}

/** A day's figures with the sum of all tokens. */
export type DailyUsage = Readonly<UsageDaily> & { readonly tokenCount: number };

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 366;

export class UsageService {
  constructor(private readonly deps: UsageServiceDependencies) {}

  /** The days from `from` to `to`, both included and read as UTC, on which something was used; oldest first. */
  async daily(actor: Actor, instanceId: InstanceId, from: Date, to: Date): Promise<DailyUsage[]> {
    const days = Math.floor((to.getTime() - from.getTime()) / DAY_MS) + 1;
    if (!Number.isFinite(days) || days < 1) throw badUserInput('to', '`to` must not lie before `from`.');
    if (days > MAX_DAYS) {
      throw badUserInput('to', `Usage is given for at most ${MAX_DAYS} days at once; this range has ${days}.`);
    }
    await this.deps.instances.requireKnown(actor, instanceId);
    const rows = await this.deps.dataSource.getRepository(UsageDaily).find({
      where: { tenantId: actor.tenantId, instanceId, day: Between(dayOf(from), dayOf(to)) },
      order: { day: 'ASC', aiAgent: 'ASC' },
    });
    return rows.map((row) => Object.assign(row, { tokenCount: tokensOf(row) }));
  }
}

const tokensOf = (row: UsageDaily): number =>
  row.inputTokens + row.outputTokens + row.cacheReadTokens + row.cacheWriteTokens;

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
