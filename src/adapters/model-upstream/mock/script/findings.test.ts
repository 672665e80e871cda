import { describe, expect, it } from '@jest/globals';
import { evidenceIn } from './evidence.js';
import { findingsOf } from './findings.js';
import { likelyCause } from './likely-cause.js';
import { reportJson } from './report-json.js';

const incident = JSON.stringify({ title: 'Checkout is down', description: 'alert', labels: { pod: 'checkout-1' } });
const cluster = `$ kubectl get pods --namespace shop
other-1      0/1   ImagePullBackOff   0    3m
$ kubectl describe pod/checkout-1 --namespace shop
    Reason:       CrashLoopBackOff
$ kubectl logs pod/checkout-1 --previous --namespace shop
Error: connect "10.96.14.7:5432"
{"level":"error","msg":"cannot reach the database"}
fatal: third line
`;

describe('evidenceIn', () => {
  it('quotes telling pieces with the question that they answer, two of each at most', () => {
    expect(evidenceIn(cluster, 'x').map(({ quote, source }) => [quote, source.split(' ')[1]])).toEqual([
      ['other-1      0/1   ImagePullBackOff   0    3m', 'get'],
      ['Reason:       CrashLoopBackOff', 'describe'],
      ['Error: connect', 'logs'],
      ['cannot reach the database', 'logs'],
    ]);
  });

  it("quotes only what stands in a log's JSON as it is", () => {
    const quotes = evidenceIn('a\\tpath error\\nnext fatal "quoted failure" ümlaut panic …', 'x').map(
      ({ quote }) => quote,
    );
    expect(quotes.length).toBeGreaterThan(0);
    for (const quote of quotes) expect(JSON.stringify(quote)).toBe(`"${quote}"`);
  });

  it.each([
    'Error from server (Forbidden): pods is forbidden',
    'error: the server does not have a resource type',
    'The connection to the server localhost:8080 was refused',
    'E1121 08:16:38.998395 6049 memcache.go:265] Unhandled Error',
  ])('quotes nothing that kubectl says of itself: %s', (line) => {
    expect(evidenceIn(line, 'x')).toEqual([]);
  });
});

describe('the findings', () => {
  it('take the cause from the object alone, not from its neighbours', () => {
    const { cause, isShown, evidence } = findingsOf(incident, ['', cluster]);
    expect([cause.reason, isShown]).toEqual(['CrashLoopBackOff', true]);
    expect(evidence.map(({ source }) => source).join()).not.toContain('get pods');
  });

  it.each([
    [
      'with a cluster',
      [incident, cluster],
      { outcome: 'ROOT_CAUSE_FOUND', rootCause: { confidence: 'MEDIUM' }, missing: [] },
    ],
    [
      'without anything that tells',
      [incident],
      { outcome: 'UNDETERMINED', evidence: [], missing: [expect.any(String)] },
    ],
  ])('give a report %s', (_title, printed, expected) => {
    const report = JSON.parse(reportJson(findingsOf(incident, printed))) as object;
    expect(report).toMatchObject({ schemaVersion: 1, ...expected });
    expect('rootCause' in report).toBe(expected.outcome === 'ROOT_CAUSE_FOUND');
  });

  it('give a report of undetermined cause when there is no incident', () => {
    expect(JSON.parse(reportJson(undefined))).toMatchObject({ outcome: 'UNDETERMINED', missing: [expect.any(String)] });
  });

  it.each(['fail', 'fail_', 'image', 'job ', '_', 'err image '])(
    'are made fast, whatever a stranger wrote: %j, 400 kB',
    (word) => {
      const began = performance.now();
      likelyCause(word.repeat(Math.ceil(400_000 / word.length)));
      expect(performance.now() - began).toBeLessThan(1500);
    },
  );
});
