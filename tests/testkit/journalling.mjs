// Writes model calls down as fast as it can, until it is killed or its disk is full. Reads the built product.
// Arguments: how ("until-killed" or "until-full"), folder of the journal, database, instance, run, file of acknowledgements.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { createDataSource } from '../../dist/src/adapters/database/data-source.js';
import { MemoryEventBus } from '../../dist/src/adapters/event-bus/index.js';
import { LeftJournal, ModelPrices, UsageJournal, UsageMeter, UsageStore } from '../../dist/src/features/usage/index.js';

const [how, directory, url, instanceId, runId, file] = process.argv.slice(2);
const UNDER_WAY = 8;

const logger = pino({ level: 'info' });
const prices = new ModelPrices({});
const options = { url, entities: [], migrations: [], logger, poolSize: 2, role: 'triaged_worker' };
const dataSource = await createDataSource(options).initialize();
const store = new UsageStore({ dataSource, prices });
const segmentBytes = how === 'until-killed' ? 64 * 1024 : 1024 ** 2;
const journal = new UsageJournal({ id: directory, directory, logger, segmentBytes });
const left = new LeftJournal({ id: directory, directory, remove: () => Promise.resolve() });
const folders = { takeOver: async () => [left] };
const bus = new MemoryEventBus();
const meter = new UsageMeter({ journal, folders, store, prices, bus, logger, flushIntervalMs: 2 });
await meter.start();

const acknowledgements = openSync(file, 'a');
const acknowledge = (what) => writeSync(acknowledgements, `${what}\n`);
const owner = { tenantId: 'team-a', instanceId, runId, aiAgent: 'CLAUDE_CODE' };
const begin = () => {
  const call = { ...owner, callId: randomUUID(), startedAt: new Date() };
  journal.began(call);
  acknowledge(`began ${call.callId}`);
  return call;
};
const end = (call) => {
  const tokens = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, reasoningTokens: 5 };
  journal.ended({ ...call, ...tokens, model: 'm', status: 200, outcome: 'COMPLETED', error: undefined });
  acknowledge(`ended ${call.callId}`);
};

const underWay = [];
if (how === 'until-killed') {
  for (let made = 0; ; made++) {
    underWay.push(begin());
    if (underWay.length > UNDER_WAY) end(underWay.shift());
    // Lets the meter work in between.
    if (made % 20 === 0) await nextTurn();
  }
}

const refused = () => {
  try {
    underWay.push(begin());
    return false;
  } catch {
    return true;
  }
};
while (!refused());
for (const call of underWay.splice(0)) end(call);
for (let i = 0; i < 1000; i++) journal.limited({ ...owner, at: new Date() });
acknowledge('full');
while (refused()) await sleep(10);
for (const call of underWay.splice(0)) end(call);
await meter.close();
await dataSource.destroy();
