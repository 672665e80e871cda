import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { canReadSecrets, fitting, grouped, normalized, readingPart, riskyParts } from './cluster-access.js';
import type { ClusterRule } from './cluster-access.js';

const rule = (verbs: string[], resources: string[], more: Partial<ClusterRule> = {}): ClusterRule => ({
  verbs,
  apiGroups: [''],
  resources,
  resourceNames: [],
  ...more,
});

describe('the role of docs/clusters.md', () => {
  it('reads workloads and logs, no Secrets, and does nothing else', async () => {
    const manual = await readFile(path.resolve(import.meta.dirname, '../../../docs/clusters.md'), 'utf8');
    const manifest = /```yaml\n(.*?)```/s.exec(manual)?.[1] ?? '';
    const role = parseAllDocuments(manifest)
      .map((document) => document.toJS() as { kind: string; rules: Omit<ClusterRule, 'resourceNames'>[] })
      .find(({ kind }) => kind === 'ClusterRole');
    const rules = role!.rules.map((each) => ({ ...each, resourceNames: [] }));
    expect(rules.flatMap(({ resources }) => resources)).toEqual(expect.arrayContaining(['pods', 'pods/log', 'events']));
    expect(rules.filter(canReadSecrets)).toEqual([]);
    expect(rules.flatMap(riskyParts)).toEqual([]);
  });
});

describe('what a credential may do', () => {
  it.each<[boolean, ClusterRule]>([
    [true, rule(['get'], ['pods', 'secrets'])],
    [true, rule(['list'], ['*'])],
    [true, rule(['*'], ['secrets'], { apiGroups: ['*'] })],
    [true, rule(['watch'], ['secrets'], { resourceNames: ['one'] })],
    [false, rule(['create', 'delete'], ['secrets'])],
    [false, rule(['get'], ['*'], { apiGroups: ['apps'] })],
    [false, rule(['get'], ['secretstores'])],
  ])('is to read Secrets: %p by %j', (expected, given) => {
    expect(canReadSecrets(given)).toBe(expected);
  });

  it('is told as reading and as what goes beyond it', () => {
    expect(readingPart(rule(['*'], ['pods']))).toEqual(rule(['get', 'list', 'watch'], ['pods']));
    expect(readingPart(rule(['create'], ['pods']))).toBeUndefined();
    expect(riskyParts(rule(['get', 'list'], ['pods', 'pods/log']))).toEqual([]);
    expect(riskyParts(rule(['get', 'delete'], ['pods']))).toEqual(['delete pods']);
    // A GET opens a shell when it asks for a websocket.
    expect(riskyParts(rule(['get'], ['pods/exec', 'nodes/proxy']))).toEqual(['get pods/exec', 'get nodes/proxy']);
    expect(riskyParts(rule(['create'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews']))).toEqual([]);
    expect(riskyParts(rule(['*'], ['*']))).toEqual(['* *']);
  });

  it('is cut to a size without losing a namespace', () => {
    const rules = Array.from({ length: 100 }, (_, index) => rule(['get'], [`kind-${index}`]));
    const cut = fitting(
      [
        { namespaces: ['a'], rules },
        { namespaces: ['b'], rules },
      ],
      2_000,
    );
    expect(cut[0]!.rules.length).toBeGreaterThan(10);
    expect(cut[0]!.rules).toEqual(rules.slice(0, cut[0]!.rules.length));
    expect(cut[1]).toEqual({ namespaces: ['b'], rules: [] });
    expect(JSON.stringify(cut).length).toBeLessThan(2_200);
  });

  it('is written once for equal resources and for equal namespaces', () => {
    const rules = normalized([rule(['list'], ['pods', 'events']), rule(['get', 'list'], ['events', 'pods', 'pods'])]);
    expect(rules).toEqual([rule(['get', 'list'], ['events', 'pods'])]);
    const one = [rule(['get'], ['pods'])];
    expect(
      grouped([
        { namespace: 'shop', rules },
        { namespace: 'default', rules: one },
        { namespace: 'kube-system', rules },
      ]),
    ).toEqual([
      { namespaces: ['shop', 'kube-system'], rules },
      { namespaces: ['default'], rules: one },
    ]);
  });
});
