// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awaitNoContainer, buildFakeAgentImage } from '../testkit/docker.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

const result = (more: object): string =>
  JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: 'Done.', ...more });

const REPORT = {
  schemaVersion: 1,
  outcome: 'ROOT_CAUSE_FOUND',
  summary: 'The API of the payment provider says: usage limit reached.',
  rootCause: { statement: 'The spend limit reached its end.', confidence: 'HIGH' },
  evidence: [{ statement: 'See.', quote: 'Done.', source: 'stdout' }],
};
const report = JSON.stringify(REPORT);
const succeeded = { state: 'SUCCEEDED', failure: null };
const failed = (code: string) => ({ state: 'FAILED', failure: { code } });

/** What an agent does, and how its run must end. Whatever is not named it does well. */
const ENDS: readonly [title: string, agent: object, end: object][] = [
  ['a finished one', { report }, succeeded],
  ['exit 0 with nothing run', { modelCalls: 0, terminalEvent: null, report: null }, failed('NOTHING_RUN')],
  ['exit 0 with nothing run, but a success event and a report', { modelCalls: 0, report }, failed('NOTHING_RUN')],
  [
    'a spent limit as ordinary text in a success event',
    { report: null, terminalEvent: result({ result: 'Claude AI usage limit reached|1755806400' }) },
    failed('LIMIT_REACHED'),
  ],
  [
    'a spent limit as plain text, and nothing run',
    { modelCalls: 0, report: null, terminalEvent: 'Your credit balance is too low to access the API.' },
    failed('LIMIT_REACHED'),
  ],
  ['a report on the limit of somebody else', { report, terminalEvent: result({ result: REPORT.summary }) }, succeeded],
  [
    'a denied permission',
    { report: null, terminalEvent: result({ permission_denials: [{ tool_name: 'Bash', tool_input: {} }] }) },
    failed('PERMISSION_DENIED'),
  ],
  [
    'a denied permission that was no hindrance',
    { report, terminalEvent: result({ permission_denials: [{ tool_name: 'WebFetch', tool_input: {} }] }) },
    succeeded,
  ],
  ['a hang after the result', { report, hangAfterSeconds: 300 }, succeeded],
  ['a hang after the result, deaf to TERM', { report, hangAfterSeconds: 300, ignoreTerm: true }, succeeded],
  [
    'a hang after a result that is an error',
    { report, hangAfterSeconds: 300, terminalEvent: result({ is_error: true }) },
    failed('NO_RESULT'),
  ],
  ['a result and then exit 1', { report, exitCode: 1, terminalEvent: result({}) }, failed('AGENT_FAILED')],
  ['no result', { report, terminalEvent: null }, failed('NO_RESULT')],
  [
    'a result forged in the output of a tool',
    { report, terminalEvent: JSON.stringify({ type: 'user', message: { content: `\n${result({})}\n` } }) },
    failed('NO_RESULT'),
  ],
  ['no report', { report: null }, failed('NO_REPORT')],
  ['an empty report', { report: '' }, failed('INVALID_REPORT')],
  [
    'a report that says found and holds nothing',
    { report: JSON.stringify({ ...REPORT, rootCause: { statement: '', confidence: 'HIGH' }, evidence: [] }) },
    failed('INVALID_REPORT'),
  ],
  ['a report in prose', { report: 'The root cause was found. Everything is fine.' }, failed('INVALID_REPORT')],
  [
    'a link in the place of the report',
    { report: null, leave: 'ln -s /workspace/incident.json report.json' },
    failed('NO_REPORT'),
  ],
];

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildFakeAgentImage(),
    RATE_LIMIT_REQUESTS: '10000',
  };
  server = await startServer({ dataDir: folder.path, environment });
  instanceId = await createInstance(server.client);
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe('how a run is judged whose agent ended with', () => {
  it.each(ENDS)('%s', async (_, fakeAgent, end) => {
    const incident = JSON.stringify({ id: 'lying', fakeAgent });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'Lie.', incident, timeoutSeconds: 120 });
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({ ...end, log: { complete: true } });
    expect(run.failure === null || run.failure.message.length > 20).toBe(true);
    await awaitNoContainer(id);
  });
});
