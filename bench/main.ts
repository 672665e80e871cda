import path from 'node:path';
import { parseArgs } from 'node:util';
import { groups } from './groups.js';
import type { GroupResult } from './harness/group.js';
import { listenForInterruption } from './harness/interruption.js';
import { describeMachine } from './harness/machine.js';
import { describe, summary, table } from './harness/report.js';
import { keepResults } from './harness/results.js';

const root = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const chosen = groups.filter(
  ({ name, belongsTo }) => values.only === undefined || name === values.only || belongsTo === values.only,
);
if (chosen.length === 0) {
  console.error(`There is no group "${values.only ?? ''}". Groups: ${groups.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

listenForInterruption();
const dockerHost = process.env.DOCKER_HOST;
const machine = await describeMachine(root, dockerHost);
console.error(describe(machine));
const results = new Map<string, GroupResult>();
for (const group of chosen) {
  const say = (text: string) => console.error(`[${group.name}] ${text}`);
  results.set(group.name, await group.measure({ root, quick: values.quick, dockerHost, say }));
}

console.log(`\n${describe(machine)}\n\n${table(results)}\n\n${summary(results)}`);
if (values.quick) {
  console.log('\n--quick is a smoke test: the figures mean nothing and are not kept.');
} else {
  const file = await keepResults(path.join(root, 'bench/results'), machine, results);
  console.log(`\n${path.relative(process.cwd(), file)}`);
}
