import { describe, expect, it } from '@jest/globals';
import { Kind, parse } from 'graphql';
import type { FieldNode, FragmentDefinitionNode } from 'graphql';
import { fieldsBelow, selectedFields } from './selection.js';

/** The selection of a document's first field. */
function selectionOf(source: string, variableValues: Record<string, unknown> = {}): ReadonlySet<string> {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  const fieldNodes: FieldNode[] = [];
  for (const node of parse(source).definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const selection of node.selectionSet.selections) if (selection.kind === Kind.FIELD) fieldNodes.push(selection);
  }
  return selectedFields({ fieldNodes, fragments, variableValues });
}

describe('selectedFields', () => {
  it('names fields by their dotted path, never by an alias', () => {
    const selected = selectionOf('{ agents { all: items { id tools { name } } } }');
    expect([...selected]).toEqual(['items', 'items.id', 'items.tools', 'items.tools.name']);
    expect(fieldsBelow(selected, 'items')).toEqual(['id', 'tools']);
    expect(fieldsBelow(selected, 'items.tools')).toEqual(['name']);
  });

  it('joins what one field selects in several places', () => {
    expect([...selectionOf('{ agents { items { id } } agents { totalCount items { name } } }')]).toEqual(
      expect.arrayContaining(['items.id', 'items.name', 'totalCount']),
    );
  });

  it('follows fragments, named and inline', () => {
    const selected = selectionOf(
      '{ agents { ...A ... { nextCursor } } } fragment A on P { items { ...B } } fragment B on I { id }',
    );
    expect([...selected]).toEqual(['items', 'items.id', 'nextCursor']);
  });

  it('leaves out what @skip and @include leave out', () => {
    const source = `query ($yes: Boolean!) { agents { a @skip(if: $yes) b @include(if: $yes) c @skip(if: true)
      ... @include(if: false) { d } ...E @skip(if: $yes) } } fragment E on P { e }`;
    expect([...selectionOf(source, { yes: true })]).toEqual(['b']);
    expect([...selectionOf(source, { yes: false })]).toEqual(['a', 'e']);
  });

  it('is done at once with fragments that spread each other doubly, thirty levels deep', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `fragment F${n} on P { ...F${n + 1} ...F${n + 1} }`);
    const selected = selectionOf(`{ agents { ...F0 } } ${levels.join(' ')} fragment F30 on P { totalCount }`);
    expect([...selected]).toEqual(['totalCount']);
  });
});
