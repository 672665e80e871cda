import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MAX_REPORT_BYTES, parseReport, readReport } from './read-report.js';
import { reportJsonSchema } from './triage-report.js';

const repository = path.resolve(import.meta.dirname, '../../..');
const found = {
  schemaVersion: 1,
  outcome: 'ROOT_CAUSE_FOUND',
  summary: 'The database is gone.',
  rootCause: { statement: 'Nothing listens on 5432.', confidence: 'HIGH' },
  evidence: [{ statement: 'It is refused.', quote: 'ECONNREFUSED', source: 'kubectl logs' }],
};
const undetermined = {
  schemaVersion: 1,
  outcome: 'UNDETERMINED',
  summary: 'The logs are gone.',
  missing: ['Read access to logs in shop.'],
};
/** The names of all properties, however deep. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(fieldsOf)];
}
const parse = (value: unknown) => parseReport(Buffer.from(JSON.stringify(value)));

describe('parseReport', () => {
  it('takes both outcomes, fills in empty lists and drops what it does not know', () => {
    expect(parse({ ...found, mood: 'good' }).report).toEqual({
      ...found,
      ruledOut: [],
      recommendedActions: [],
      missing: [],
    });
    expect(parse({ ...undetermined, rootCause: null }).report).toMatchObject({ ...undetermined, evidence: [] });
  });

  it.each<[string, object, string]>([
    ['another version', { ...found, schemaVersion: 2 }, 'schemaVersion'],
    ['another outcome', { ...found, outcome: 'SUCCESS' }, 'outcome'],
    ['found without a root cause', { ...found, rootCause: undefined }, 'rootCause'],
    ['found, but blank', { ...found, rootCause: { statement: ' \n', confidence: 'LOW' } }, 'rootCause.statement'],
    ['found without evidence', { ...found, evidence: [] }, 'evidence'],
    ['undetermined with a root cause', { ...undetermined, rootCause: found.rootCause }, 'rootCause'],
    ['undetermined without what is missing', { ...undetermined, missing: [] }, 'missing'],
    [
      'a quote that is too long',
      { ...found, evidence: [{ ...found.evidence[0], quote: 'x'.repeat(501) }] },
      'evidence.0.quote',
    ],
    ['too many items', { ...undetermined, missing: Array.from({ length: 51 }, () => 'x') }, 'missing'],
    ['NUL, which the database cannot hold', { ...found, summary: 'a\0b' }, 'summary'],
    ['half a character', { ...found, summary: 'a\ud800' }, 'summary'],
  ])('names the field of %s', (_, report, field) => {
    const { problem } = parse(report);
    expect(problem).toMatchObject({ code: 'INVALID', path: field });
    expect(problem!.message).toContain(field);
  });

  it('counts characters, not units of UTF-16', () => {
    const withQuote = (quote: string) => parse({ ...found, evidence: [{ ...found.evidence[0], quote }] });
    expect(withQuote('🦉'.repeat(500)).report).toBeDefined();
    expect(withQuote('🦉'.repeat(501)).problem).toBeDefined();
  });

  it.each([
    ['no JSON', '```json\n{}\n```'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['nothing', ''],
    ['a bare value', '"ROOT_CAUSE_FOUND"'],
    ['deep nesting', '['.repeat(400_000)],
  ])('refuses %s', (_, bytes) => {
    expect(parseReport(Buffer.from(bytes)).problem).toMatchObject({ code: 'INVALID' });
  });

  it('keeps hostile text as the data that it is, and out of its own messages', () => {
    const hostile = '<script>alert(1)</script>\u001b[2J{{7*7}} $(reboot)';
    expect(parse({ ...found, summary: hostile, __proto__: { x: 1 } }).report?.summary).toBe(hostile);
    expect(parse({ ...found, outcome: hostile, [hostile]: 1 }).problem?.message).not.toContain('script');
  });
});

describe('readReport', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'report-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('tells a missing report from one that is too large and one that is fine', async () => {
    const file = path.join(folder, 'report.json');
    expect((await readReport(undefined)).problem).toMatchObject({ code: 'MISSING', path: null });
    await writeFile(file, JSON.stringify(found));
    expect((await readReport(file)).report).toMatchObject(found);
    await writeFile(file, JSON.stringify(found).padEnd(MAX_REPORT_BYTES + 1));
    expect((await readReport(file)).problem).toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('1048576'),
    });
  });
});

describe('what agents are told of the report', () => {
  it('shows an example that the schema accepts and names every field of it', async () => {
    const prompt = await readFile(path.join(repository, 'runners/report-prompt.md'), 'utf8');
    const example = /```json\n(.*?)```/s.exec(prompt)![1]!;
    expect(parseReport(Buffer.from(example)).problem).toBeUndefined();
    for (const field of fieldsOf(reportJsonSchema())) expect(prompt).toContain(`"${field}"`);
  });
});
