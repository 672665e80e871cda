import { describe, expect, it } from '@jest/globals';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const schema = buildSchema(read('schema/schema.graphql'));

const documents = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) =>
    [...read(file).matchAll(/^```graphql\n([^]*?)^```$/gm)].flatMap(([, block = '']) =>
      parse(block).definitions.map((definition) => ({
        file,
        text: block.slice(definition.loc!.start, definition.loc!.end),
        definition,
      })),
    ),
  );

describe('the GraphQL that the documentation shows', () => {
  it('is found', () => {
    expect(documents.map(({ file }) => file)).toEqual(expect.arrayContaining(['docs/api.md', 'docs/clusters.md']));
  });

  it.each(documents)('is valid: $file $text', ({ definition }) => {
    expect(validate(schema, { kind: Kind.DOCUMENT, definitions: [definition] })).toEqual([]);
  });
});
