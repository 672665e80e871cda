import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { modelCall, record } from '../../../tests/testkit/recorded-calls.js';
import { recordOf, type JournalRecord } from './journal-record.js';
import type { ModelCall } from './model-call.js';
import { UsageJournal } from './usage-journal.js';

let directory: string;
let logged: string;
let open: UsageJournal[];
const newJournal = (segmentBytes?: number): UsageJournal => {
  const logger = pino({ level: 'info' }, { write: (line: string) => void (logged += line) });
  const journal = new UsageJournal({ id: 'a', directory, logger, ...(segmentBytes && { segmentBytes }) });
  open.push(journal);
  return journal;
};

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'journal-'));
  [logged, open] = ['', []];
});
afterEach(() => {
  for (const journal of open) journal.close();
  rmSync(directory, { recursive: true });
});

const files = (): string[] => readdirSync(directory).sort();
const recordsIn = (file: string): (JournalRecord | undefined)[] => {
  const lines = readFileSync(path.join(directory, file), 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map(recordOf);
};

describe('UsageJournal', () => {
  it('makes no file before the first call, then one for the owner only', () => {
    const journal = newJournal();
    expect(files()).toEqual([]);
    record(journal);
    expect(files()).toHaveLength(1);
    expect(statSync(path.join(directory, files()[0]!)).mode & 0o777).toBe(0o600);
  });

  it('has written each record when the call of it returns', () => {
    const journal = newJournal();
    const call = modelCall({ model: 'a "model"\nof two lines', status: undefined, error: 'CUT', runId: null });
    const { callId, tenantId, instanceId, aiAgent, runId, startedAt } = call;
    const began = { callId, tenantId, instanceId, aiAgent, runId, startedAt };
    journal.began(began);
    expect(recordsIn(files()[0]!)).toEqual([{ began }]);
    journal.ended(call);
    const limited = { tenantId, instanceId, aiAgent, runId, at: startedAt };
    journal.limited(limited);
    const { status: _, ...ended } = call;
    expect(recordsIn(files()[0]!)).toEqual([{ began }, { ended }, { limited, count: 1 }]);
  });

  it('sums calls that were not sent while the database is behind, so that refusals do not fill the disk', () => {
    const journal = newJournal(40_000);
    const { tenantId, instanceId, aiAgent, runId, startedAt, callId } = modelCall();
    const owner = { tenantId, instanceId, aiAgent, runId };
    const bytes = () => files().reduce((sum, file) => sum + statSync(path.join(directory, file)).size, 0);
    for (let i = 0; i < 5000; i++) {
      journal.limited({ ...owner, at: startedAt });
      journal.refused({ ...owner, startedAt, callId });
      // What is sent is written down at once, without the sums.
      if (i % 100 === 0) record(journal);
    }
    expect(bytes()).toBeLessThan(60_000);
    for (let second = 0; second < 3; second++) journal.retry();
    expect(bytes()).toBeLessThan(61_000);
    const counts = { limited: 0, refused: 0, ended: 0 };
    for (const entry of files().flatMap(recordsIn)) {
      if ('limited' in entry!) counts.limited += entry.count;
      else if ('refused' in entry!) counts.refused += entry.count;
      else if ('ended' in entry!) counts.ended += 1;
    }
    expect(counts).toEqual({ limited: 5000, refused: 5000, ended: 50 });
  });

  it('names every call that is under way in the newest segment', () => {
    const journal = newJournal(2000);
    const waiting = [modelCall(), modelCall()];
    for (const call of waiting) journal.began(call);
    for (let i = 0; i < 20; i++) record(journal);
    expect(files().length).toBeGreaterThan(3);
    const begun = recordsIn(files().at(-1)!).flatMap((each) => (each && 'began' in each ? [each.began.callId] : []));
    expect(begun.slice(0, 2)).toEqual(waiting.map(({ callId }) => callId));
    const all = files().flatMap(recordsIn);
    expect(all).not.toContain(undefined);
    expect(all.filter((each) => each && 'ended' in each)).toHaveLength(20);
  });

  it('numbers its segments after those that are there', () => {
    const first = newJournal();
    record(first);
    const second = newJournal();
    record(second);
    expect(files().map((file) => file.slice(0, 7))).toEqual(['000001-', '000002-']);
  });

  it('says which line is none', () => {
    const line = JSON.stringify({ ended: modelCall() });
    expect(recordOf(line)).toBeDefined();
    for (const wrong of [
      line.slice(0, -1),
      '',
      '{}',
      'null',
      line.replace('"inputTokens":10', '"inputTokens":-1'),
      line.replace('"inputTokens":10', '"inputTokens":1.5'),
      line.replace('"CLAUDE_CODE"', '"NONE"'),
      line.replace('"team-a"', '""'),
    ])
      expect(recordOf(wrong)).toBeUndefined();
  });

  it('bounds what a provider makes up', () => {
    const journal = newJournal();
    const most = Number.MAX_SAFE_INTEGER;
    record(journal, { model: 'm'.repeat(1_000_000), inputTokens: 2 * most, outputTokens: most });
    const [, entry] = recordsIn(files()[0]!) as [unknown, { ended: ModelCall }];
    expect(entry.ended.model).toHaveLength(256);
    expect([entry.ended.inputTokens, entry.ended.outputTokens]).toEqual([1_000_000_000, 1_000_000_000]);
  });
});
