import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { StatementSource } from '../../src/adapters/database/statement-source.js';
import { connectDatabase } from '../../src/composition/database.js';
import { entities } from '../../src/composition/entities.js';
import { AgentRepository } from '../../src/features/agents/index.js';
import type { TenantId } from '../../src/kernel/ids.js';
import { inTenant } from '../../src/kernel/tenant-scope.js';
import { makeDataFolder } from '../harness/bench-server.js';
import { startBenchDatabase, type BenchDatabase } from '../harness/database.js';
import type { Group, GroupContext, Row } from '../harness/group.js';
import { AGENTS, seedAgents, TENANT } from '../harness/seed.js';
import { median, ratios } from '../harness/statistics.js';

const [OURS, NEIGHBOUR] = [TENANT, 'neighbour-1'] as [TenantId, TenantId];
const TOOL_FIELDS = ['id', 'name', 'description'] as const;
const PAGE = { limit: AGENTS, offset: 0, after: undefined };

type Way = 'unbound' | 'same' | 'changing';
const WAYS: readonly Way[] = ['unbound', 'same', 'changing'];
const NAMES: Readonly<Record<Way, string>> = {
  unbound: 'as the owner, whom no policy binds',
  same: 'bound, the tenant of the time before',
  changing: 'bound, another tenant each time',
};

/** What row-level security adds to the statement of a list: to the same one without it, on one connection each. */
export const tenants: Group = {
  name: 'tenants',
  async measure(context) {
    const folder = await makeDataFolder();
    const database = await startBenchDatabase(folder.path);
    try {
      await seedAgents(database);
      return { rows: await overOneConnection(context, database), skips: [] };
    } finally {
      await database.close();
      await folder.remove();
    }
  },
};

async function overOneConnection({ quick, say }: GroupContext, { url }: BenchDatabase): Promise<Row[]> {
  const logger = pino({ level: 'silent' });
  const unbound = await createDataSource({ url, entities, migrations: [], logger, poolSize: 1 }).initialize();
  const [same, changing] = [await connectDatabase(url, logger, 1), await connectDatabase(url, logger, 1)];
  const samples: Record<Way, number[]> = { unbound: [], same: [], changing: [] };
  try {
    const ask: Record<Way, (tenantId: TenantId) => Promise<unknown>> = {
      unbound: lister(unbound),
      same: lister(same.dataSource),
      changing: lister(changing.dataSource),
    };
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      const times: Record<Way, number[]> = { unbound: [], same: [], changing: [] };
      const count = quick ? 100 : 2_000;
      for (let index = -count / 4; index < count; index += 1) {
        for (const way of WAYS) {
          const tenantId = way === 'changing' && index % 2 === 0 ? NEIGHBOUR : OURS;
          const began = performance.now();
          await ask[way](tenantId);
          if (index >= 0) times[way].push(performance.now() - began);
        }
      }
      for (const way of WAYS) samples[way].push(median(times[way]));
      say(`round ${round + 1}: ${WAYS.map((way) => `${way} ${samples[way].at(-1)!.toFixed(3)} ms`).join(', ')}`);
    }
  } finally {
    const sources = [unbound, ...[same, changing].flatMap((each) => [each.dataSource, each.workerSource])];
    await Promise.all(sources.map((source) => source.destroy()));
  }
  return [
    ...WAYS.map((way): Row => ({ name: `${AGENTS} agents ${NAMES[way]}`, unit: 'ms', samples: samples[way] })),
    {
      name: 'bound : unbound, same tenant',
      unit: '×',
      samples: ratios(samples.same, samples.unbound),
      goal: { atMost: 1.1 },
    },
    {
      name: 'bound : unbound, another tenant',
      unit: '×',
      samples: ratios(samples.changing, samples.unbound),
      goal: { atMost: 1.3 },
    },
  ];
}

function lister(source: DataSource): (tenantId: TenantId) => Promise<unknown> {
  const agents = new AgentRepository(source, new StatementSource(source));
  return async (tenantId) => {
    const page = await inTenant(tenantId, () => agents.list(tenantId, {}, TOOL_FIELDS, PAGE));
    if (page.length !== AGENTS) throw new Error(`The page has ${page.length} agents.`);
  };
}
