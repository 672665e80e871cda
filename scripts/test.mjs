// `npm test`: unit and integration tests, which need nothing but the checkout.
//   --all        also end-to-end, shell, shellcheck, and the faults at small load; whatever is skipped counts as failed
//   --incidents  only the recorded incidents
//   --faults     only the faults, at full load, and what the security table refers to; with --short the faults at small
//                load, with --soak 2,000 short runs with faults among them (--short --soak: fewer). docs/faults.md
// Ends with one summary over all runners; its last line is "N passed, N failed". With TRIAGED_TEST_COUNTS=file the
// figures are also appended there as a line of JSON.
import { spawn } from 'node:child_process';
import { access, appendFile, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { SECURITY_FILES } from '../tests/faults/security-rows.mjs';
import { build } from './build.mjs';
import { faultTable, securityTable } from './fault-tables.mjs';

const root = path.resolve(import.meta.dirname, '..');
const all = process.argv.includes('--all');
const incidents = process.argv.includes('--incidents');
const faults = process.argv.includes('--faults');
const short = all || process.argv.includes('--short');
const soak = process.argv.includes('--soak');
const skipFails = all || incidents || faults;

/** Every test that ran, for the tables. */
const results = [];
const totals = { passed: 0, failed: 0 };
const skipped = [];
/** Passed, but not at once: tests/testkit/second-try.ts */
const atSecondTry = [];

/** Runs a command in the checkout, shows what it prints, and resolves with its exit code and, when piped, its output. */
function run(command, args, { pipe = false, env = {}, signal } = {}) {
  const stdio = ['ignore', pipe ? 'pipe' : 'inherit', 'inherit'];
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio,
    signal,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (error.name !== 'AbortError') resolve({ code: 127, output: `${output}\n${error.message}` });
    });
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A runner that failed without a failed test, e.g. one that is not installed, counts as one failure. */
function add(name, { passed, failed, left = [] }, code) {
  const broken = code !== 0 && failed === 0;
  if (broken) console.error(`${name} ended with ${code}`);
  totals.passed += passed;
  totals.failed += failed + (broken ? 1 : 0) + (skipFails ? left.length : 0);
  skipped.push(...left);
}

const END_WITHIN_MS = 60_000;

/** Aborts when the file has been there for a while: the runner has its result, and something left open keeps it. */
function stuckWith(file) {
  const stuck = new globalThis.AbortController();
  let since;
  const timer = setInterval(async () => {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) since ??= Date.now();
    if (since && Date.now() - since > END_WITHIN_MS) stuck.abort();
  }, 1_000);
  return { signal: stuck.signal, stop: () => clearInterval(timer) };
}

async function jest(projects, flags = [], more = {}) {
  await mkdir(path.join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(path.join(root, '.cache/jest-result-'));
  const file = path.join(folder, 'result.json');
  const { signal, stop } = stuckWith(file);
  try {
    const { code } = await run(
      process.execPath,
      ['node_modules/jest/bin/jest.js', '--selectProjects', ...projects, '--json', '--outputFile', file, ...flags],
      { env: { NODE_OPTIONS: '--experimental-vm-modules --no-warnings=ExperimentalWarning', ...more }, signal },
    );
    if (signal.aborted)
      console.error('WARNING: every test was over, and Jest did not end: a test left something open.');
    const result = JSON.parse(await readFile(file, 'utf8').catch(() => '{"testResults":[]}'));
    const left = result.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status !== 'passed' && status !== 'failed')
        .map(({ fullName }) => `${path.relative(root, name)}: ${fullName}`),
    );
    for (const { name, assertionResults } of result.testResults) {
      const file = path.relative(root, name);
      for (const { fullName, status, invocations } of assertionResults) {
        results.push({ file, name: fullName, passed: status === 'passed' });
        if (status === 'passed' && invocations > 1) atSecondTry.push(`${file}: ${fullName}`);
      }
    }
    const failed = (result.numFailedTests ?? 0) + (result.numRuntimeErrorTestSuites ?? 0);
    add(
      `jest (${projects.join(', ')})`,
      { passed: result.numPassedTests ?? 0, failed, left },
      signal.aborted ? 0 : code,
    );
  } finally {
    stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function filesIn(folder, ending) {
  const names = await readdir(path.join(root, folder)).catch(() => []);
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => path.join(folder, name));
}

async function bats(files) {
  if (files.length === 0) return;
  for (const file of files) await batsFile(file);
}

async function batsFile(file) {
  const { code, output } = await run('bats', ['--tap', file], { pipe: true });
  const lines = output.split('\n');
  for (const [, failed, name] of output.matchAll(/^(not )?ok \d+ (.*)$/gm))
    results.push({ file, name, passed: !failed });
  const isSkip = (line) => /^ok \d+ .*# skip/i.test(line);
  add(
    file,
    {
      passed: lines.filter((line) => /^ok \d+/.test(line) && !isSkip(line)).length,
      failed: lines.filter((line) => /^not ok \d+/.test(line)).length,
      left: lines.filter(isSkip).map((line) => `tests/shell: ${line.replace(/^ok \d+ /, '')}`),
    },
    code,
  );
}

async function shellcheck() {
  const { code } = await run('bash', ['scripts/shellcheck.sh']);
  add('shellcheck', { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }, code);
}

/** The faults, and both tables at the end. */
async function faultSuite() {
  await mkdir(path.join(root, '.cache'), { recursive: true });
  const rows = path.join(root, `.cache/fault-rows-${process.pid}`);
  const environment = { TRIAGED_FAULT_ROWS: rows, TRIAGED_FAULT_LOAD: short ? 'short' : 'full' };
  try {
    await jest([soak ? 'soak' : 'faults'], ['--runInBand'], environment);
    return await faultTable(rows);
  } finally {
    await rm(rows, { force: true });
  }
}

async function securityReferences() {
  const files = SECURITY_FILES.filter((file) => file.endsWith('.ts'));
  await jest(['unit', 'integration', 'e2e'], ['--runInBand', '--runTestsByPath', ...files]);
  await bats(SECURITY_FILES.filter((file) => file.endsWith('.bats')));
}

/** What plain `npm test` leaves out, each file with what its first line says that it needs. */
async function leftOut() {
  const folders = ['tests/e2e', 'tests/faults', 'tests/incidents'];
  for (const file of (await Promise.all(folders.map((folder) => filesIn(folder, '.test.ts')))).flat()) {
    const needs = /^\/\/ needs: (.+)/.exec(await readFile(path.join(root, file), 'utf8'))?.[1] ?? 'docker';
    skipped.push(`${file} (needs ${needs})`);
  }
  for (const file of await filesIn('tests/shell', '.bats')) skipped.push(`${file} (needs bats)`);
}

console.log(`compiled ${await build()} files`);
const tables = [];
if (incidents) {
  await jest(['incidents'], ['--runInBand']);
} else if (faults) {
  tables.push(await faultSuite());
  if (!short && !soak) {
    await securityReferences();
    tables.push(securityTable(results));
  }
} else {
  await jest(['unit', 'integration']);
  if (all) {
    await jest(['e2e'], ['--runInBand']);
    await bats(await filesIn('tests/shell', '.bats'));
    await shellcheck();
    tables.push(await faultSuite(), securityTable(results));
  } else {
    await leftOut();
  }
}

if (totals.passed === 0 && totals.failed === 0) totals.failed = 1;
if (process.env.TRIAGED_TEST_COUNTS) await appendFile(process.env.TRIAGED_TEST_COUNTS, `${JSON.stringify(totals)}\n`);
if (skipped.length > 0) {
  console.log(
    skipFails
      ? '\nSkipped, which counts as failed:'
      : '\nSkipped for want of Redis, Docker, Chromium or kubectl ("npm run test:all" runs them):',
  );
  for (const name of skipped) console.log(`  ${name}`);
}
if (atSecondTry.length > 0) {
  console.log('\nPassed at a second try:');
  for (const name of atSecondTry) console.log(`  ${name}`);
}
for (const text of tables) console.log(`\n${text}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
