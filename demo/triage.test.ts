import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { Triaged } from '../sdk/src/index.js';
import {
  outputPiece,
  SCRIPTED_END,
  SCRIPTED_RUN,
  startScriptedServer,
  type ScriptedServer,
} from '../tests/testkit/scripted-server.js';
import { Progress } from './progress.js';
import { triage } from './triage.js';

// The figures are waited for.
jest.setTimeout(60_000);

let server: ScriptedServer;
let api: Triaged;
afterEach(() => {
  api.close();
  server.close();
});

describe('triage', () => {
  it('starts one run although the answer is lost, and follows it although its states are refused', async () => {
    let asked = 0;
    const triageRunChanged = async function* () {
      asked += 1;
      if (asked === 1) throw new GraphQLError('No states.', { extensions: { error_code: 'FORBIDDEN' } });
      yield { triageRunChanged: SCRIPTED_END };
    };
    const triageOutput = async function* () {
      await delay(300);
      yield outputPiece(0, 'said\n');
    };
    server = await startScriptedServer({
      answer: ({ operation }, nth) => {
        if (operation === 'StartTriage') return nth === 1 ? 'hang up' : { data: { startTriage: SCRIPTED_RUN } };
        return { data: { triageRun: SCRIPTED_END } };
      },
      subscriptions: { triageOutput, triageRunChanged },
    });
    api = new Triaged({ url: server.url, apiKey: 'tri_x' });
    const stream = new PassThrough();
    const ended = await triage({
      ...{ api, instanceId: SCRIPTED_RUN.instanceId, aiAgent: SCRIPTED_RUN.aiAgent, incident: '{}' },
      ...{ linkOf: (id) => id, progress: new Progress(stream, false), colour: false },
      signal: new AbortController().signal,
    });
    stream.end();
    const shown = Buffer.concat((await stream.toArray()) as Buffer[]).toString();
    expect(ended.state).toBe('SUCCEEDED');
    expect(shown).toContain('said\n');
    expect(shown).toContain('No more states are shown: No states.');
    const starts = server.requests.filter(({ operation }) => operation === 'StartTriage');
    const keys = starts.map(({ variables }) => (variables.input as { idempotencyKey: string }).idempotencyKey);
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });
});
