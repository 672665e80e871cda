import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { ConnectionLost, type OutputChunk, type OutputOptions, type Triaged } from '../../sdk/src/index.js';
import { Output } from './output/output.js';
import { MAX_FAILURES, writeRunOutput } from './run-output.js';
import type { Session } from './session.js';

/** What is told of so many tries in vain, one after the other. */
async function toldOf(tries: number): Promise<string[]> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  async function* triageOutput(_id: string, { onReconnect }: OutputOptions = {}) {
    for (let failures = 1; failures <= tries; failures += 1) {
      onReconnect?.({ failures, offset: 7, error: new ConnectionLost('Gone.') });
    }
    yield* [] as OutputChunk[];
  }
  const client = { triageOutput } as unknown as Triaged;
  const [out, err] = [new Output(stdout, {}), new Output(stderr, {})];
  const session: Session = { client, out, err, json: false, answer: () => Promise.resolve(), io: undefined! };
  await writeRunOutput(session, { id: 'run', aiAgent: 'CLAUDE_CODE' }, { raw: false });
  stderr.end();
  return Buffer.concat((await stderr.toArray()) as Buffer[])
    .toString()
    .trimEnd()
    .split('\n');
}

describe('writeRunOutput', () => {
  it('tells why it waits at first, and again from time to time for as long as it does', async () => {
    expect(await toldOf(1)).toEqual(['Gone. Going on at byte 7.']);
    const told = await toldOf(MAX_FAILURES);
    expect(told.slice(0, 2)).toEqual(['Gone. Going on at byte 7.', `Gone. That was try 10 of ${MAX_FAILURES}.`]);
    expect(told).toHaveLength(7);
  });
});
