import { describe, expect, it } from '@jest/globals';
import { buildSchema, getNullableType, isListType, isObjectType, parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { loadConfig } from '../config/index.js';
import { printedSchema } from '../print-schema.js';
import { answerBounds } from './answer-bounds.js';
import { operationComplexity } from './operation-complexity.js';

const { platform } = loadConfig({});
const bounds = answerBounds(platform);
const schema = buildSchema(printedSchema());
const fields = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .flatMap((type) =>
    Object.values((isObjectType(type) ? type : undefined)!.getFields()).map((field) => ({ type, field })),
  );

/** Counted as ten: what their longest would be is no measure for what they hold. */
const OF_NO_KNOWN_LENGTH = [
  'Cluster.access',
  'Cluster.warnings',
  'ClusterAccess.namespaces',
  'ClusterAccess.rules',
  'ClusterRule.apiGroups',
  'ClusterRule.resourceNames',
  'ClusterRule.resources',
  'ClusterRule.verbs',
  'Instance.environment',
  'Query.usage',
];

const costOf = (query: string, limits = bounds): number => {
  const document = parse(query);
  return operationComplexity(
    { schema, bounds: limits },
    document,
    document.definitions[0] as OperationDefinitionNode,
    {},
  );
};

describe('the bounds of answers', () => {
  it('name fields of the schema, lists as lists', () => {
    const names = new Set(fields.map(({ type, field }) => `${type.name}.${field.name}`));
    const lists = new Set(
      fields
        .filter(({ field }) => isListType(getNullableType(field.type)))
        .map(({ type, field }) => `${type.name}.${field.name}`),
    );
    expect(Object.keys(bounds.characters).filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(bounds.items).filter((name) => !lists.has(name))).toEqual([]);
  });

  it('are known of every list that takes no limit, but for those named here', () => {
    const open = fields
      .filter(({ type, field }) => isListType(getNullableType(field.type)) && !type.name.endsWith('Page'))
      .filter(({ field }) => !field.args.some(({ name }) => name === 'limit'))
      .map(({ type, field }) => `${type.name}.${field.name}`)
      .filter((name) => !(name in bounds.items));
    expect(open.sort()).toEqual(OF_NO_KNOWN_LENGTH);
  });

  it('follow what the operator allows', () => {
    const query = '{ agents(limit: 100) { items { tools { description } } } }';
    expect(costOf(query)).toBe(2 + 100 * (1 + 25 * 2));
    expect(costOf(query, answerBounds({ ...platform, maxDescriptionLength: 10_000 }))).toBe(2 + 100 * (1 + 25 * 20));
    expect(costOf('{ tools { items { id } } }')).toBe(2 + 20);
    expect(costOf('{ tools { items { id } } }', answerBounds({ ...platform, defaultPageLimit: 100 }))).toBe(2 + 100);
  });

  it('count a text once for each 500 characters that it may have, a short one once', () => {
    expect(costOf('{ execution(id: "x") { id prompt } }')).toBe(1 + 1 + 20);
    expect(costOf('{ instance(id: "x") { name egress } }')).toBe(1 + 1 + Math.ceil((64 * 260) / 500));
  });
});
