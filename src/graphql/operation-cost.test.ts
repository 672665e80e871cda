import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { operationCost } from './operation-cost.js';

describe('operationCost', () => {
  it.each([
    ['a query', '{ a b c }', 1],
    ['one execution', 'mutation { runAgent }', 1],
    ['aliases', 'mutation { a: runAgent b: startTriage c: runAgent d: createTool }', 3],
    ['calls of providers', 'mutation { a: testAiAgentConnection b: testAiAgentConnection }', 2],
    [
      'a field selected twice, which is executed once',
      'mutation { runAgent runAgent ...f } fragment f on Mutation { runAgent }',
      1,
    ],
    [
      'executions in fragments',
      'mutation { ...f ... on Mutation { b: runAgent } } fragment f on Mutation { a: runAgent ...f }',
      2,
    ],
    ['executions by a misleading name', 'mutation { cancelTriage: runAgent }', 1],
    ['a cancellation', 'mutation { cancelTriage }', 0],
    ['two cancellations', 'mutation { a: cancelTriage b: cancelTriage }', 0],
    [
      'five cancellations that ask whether they worked',
      `mutation { ${[1, 2, 3, 4, 5].map((n) => `c${n}: cancelTriage { ...f __typename }`).join(' ')} }
       fragment f on TriageRun { id ... on TriageRun { state cancelRequestedAt endedAt } }`,
      0,
    ],
    ['six cancellations', `mutation { ${[1, 2, 3, 4, 5, 6].map((n) => `c${n}: cancelTriage { id }`).join(' ')} }`, 1],
    ['a cancellation that reads the run', 'mutation { cancelTriage { id prompt } }', 1],
    [
      'a cancellation that reads the run by a fragment and another name',
      'mutation { c: cancelTriage { ...f } } fragment f on TriageRun { id: incident }',
      1,
    ],
    ['a cancellation selected twice, once to read', 'mutation { cancelTriage { id } cancelTriage { prompt } }', 1],
    ['a cancellation and a query of the type', 'mutation { cancelTriage __typename }', 1],
    ['a subscription', 'subscription { triageOutput }', 1],
  ])('counts %s', (_name, document, points) => {
    expect(operationCost(parse(document))).toBe(points);
  });

  it("counts nothing for the SDK's own cancellation", () => {
    const text = readFileSync(path.resolve(import.meta.dirname, '../../schema/operations/triage.graphql'), 'utf8');
    expect(operationCost(parse(text), 'CancelTriage')).toBe(0);
  });

  it('counts the operation that is named, alone', () => {
    const document = parse('mutation A { a: runAgent b: runAgent } query B { c }');
    expect([operationCost(document, 'A'), operationCost(document, 'B'), operationCost(document)]).toEqual([
      2,
      1,
      undefined,
    ]);
  });
});
