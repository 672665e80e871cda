import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
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
    ['a cancellation and a query of the type', 'mutation { cancelTriage __typename }', 1],
    ['a subscription', 'subscription { triageOutput }', 1],
  ])('counts %s', (_name, document, points) => {
    expect(operationCost(parse(document))).toBe(points);
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
