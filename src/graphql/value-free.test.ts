import { describe, expect, it } from '@jest/globals';
import { buildSchema, graphql, GraphQLEnumType } from 'graphql';
import { DateTime, JSONObject } from '../kernel/scalars.js';
import { withoutValues } from './value-free.js';

const schema = buildSchema(`
  enum AiAgent { CLAUDE_CODE CODEX_CLI }
  scalar DateTime
  scalar JSONObject
  input Configure { aiAgent: AiAgent!, apiKey: String, revision: Int, from: DateTime, settings: JSONObject, debug: Boolean }
  type Query { configure(input: Configure!): Boolean, of(aiAgent: AiAgent): Boolean, at(from: DateTime): Boolean }
`);
// Of a schema as text, scalars take anything.
Object.assign(schema.getType('DateTime')!, DateTime, { astNode: undefined });
Object.assign(schema.getType('JSONObject')!, JSONObject, { astNode: undefined });
const NAMES = (schema.getType('AiAgent') as GraphQLEnumType).getValues().map(({ name }) => name);

const KEY = 'sk-ant-api03-0123456789abcdefghij';
/** Of a form that nobody publishes. */
const OTHER_KEY = 'f00dfacecafe0123';

const configure = 'query ($input: Configure!) { configure(input: $input) }';

/** What a client sends with a key where something else belongs. */
const misplaced = (key: string): [string, string, Record<string, unknown>?][] => [
  ['a name of an enum', configure, { input: { aiAgent: key } }],
  ['one in a document', `{ of(aiAgent: "${key}") }`],
  ['a list of names of an enum', configure, { input: { aiAgent: [key] } }],
  ['a number', configure, { input: { aiAgent: 'CODEX_CLI', revision: key } }],
  ['an instant', configure, { input: { aiAgent: 'CODEX_CLI', from: key } }],
  ['an instant in a document', `{ at(from: "${key}") }`],
  ['settings', configure, { input: { aiAgent: 'CODEX_CLI', settings: key } }],
  ['a boolean', configure, { input: { aiAgent: 'CODEX_CLI', debug: key } }],
  ['text within an object', configure, { input: { aiAgent: 'CODEX_CLI', apiKey: { apiKey: key } } }],
  ['text within a list in a document', `{ configure(input: { aiAgent: CODEX_CLI, apiKey: ["${key}"] }) }`],
  ['the whole input', configure, { input: key }],
  ['the whole input in a document', `{ configure(input: "${key}") }`],
  ['a name of a field', `{ configure(input: { "${key}" }) }`],
  ['a colon', `{ configure(input: { apiKey "${key}" }) }`],
  ['a block', `{ configure """${key}""" }`],
  ['the value of a variable', `query ($aiAgent: AiAgent = "${key}") { of(aiAgent: $aiAgent) }`],
];

describe.each([KEY, OTHER_KEY])('a key such as %s', (key) => {
  const cases = misplaced(key).map(([what, source, variableValues = {}]) => ({ what, source, variableValues }));
  it.each(cases)('is not echoed in place of $what', async ({ source, variableValues }) => {
    const { errors } = await graphql({ schema, source, variableValues });
    expect(errors).toHaveLength(1);
    const message = withoutValues(errors![0]!.message);
    expect(message).not.toContain(key);
    expect(message.length).toBeGreaterThan(15);
  });

  it('is not echoed when it stands unquoted', async () => {
    const { errors } = await graphql({ schema, source: `{ configure(input: { apiKey ${key} }) }` });
    expect(withoutValues(errors![0]!.message)).not.toContain(key);
  });
});

describe('a message without values', () => {
  it.each([
    [
      `Value "x" does not exist in "AiAgent" enum. Did you mean ${NAMES[0]}?`,
      /^The value .* "AiAgent" enum\. Did you mean/,
    ],
    ['Syntax Error: Expected ":", found String "x".', /^Syntax Error: Expected ":", found String\.$/],
    ['Syntax Error: Expected "}", found <EOF>.', /^Syntax Error: Expected "}"/],
    ['Cannot query field "apikey" on type "Instance".', /"apikey" on type "Instance"/],
    ['Int cannot represent non-integer value: "x"', /^Int cannot represent non-integer value\.$/],
  ])('still says what was expected: %s', (message, said) => {
    expect(withoutValues(message)).toMatch(said);
  });

  it('does not name what looks like a key either', () => {
    expect(withoutValues(`Field "${KEY}" is not defined by type "Configure".`)).toBe(
      `Field "${'*'.repeat(KEY.length)}" is not defined by type "Configure".`,
    );
  });
});
