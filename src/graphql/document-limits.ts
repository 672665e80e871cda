import { Kind } from 'graphql';
import type {
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import { LIMITS, tooComplex } from './too-complex.js';
import type { LimitName } from './too-complex.js';

type Counts = Record<
  'aliases' | 'aliasLength' | 'directives' | 'fields' | 'fragments' | 'spreads' | 'valueDepth',
  number
>;

function depthOfValue(value: ValueNode): number {
  if (value.kind === Kind.LIST) return 1 + Math.max(0, ...value.values.map(depthOfValue));
  if (value.kind === Kind.OBJECT) return 1 + Math.max(0, ...value.fields.map((field) => depthOfValue(field.value)));
  return 0;
}

/** Counts what a document has, each definition once: what is spread often is not walked often. */
class Counter {
  readonly counts: Counts = {
    aliases: 0,
    aliasLength: 0,
    directives: 0,
    fields: 0,
    fragments: 0,
    spreads: 0,
    valueDepth: 0,
  };

  selections(set: SelectionSetNode): void {
    const names = new Set<string>();
    for (const selection of set.selections) {
      this.directives(selection.directives);
      if (selection.kind === Kind.FIELD) this.#field(selection, names);
      else this.counts.spreads += 1;
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) this.selections(selection.selectionSet);
    }
  }

  directives(directives: readonly DirectiveNode[] = []): void {
    this.counts.directives += directives.length;
    for (const { arguments: values = [] } of directives) for (const { value } of values) this.value(value);
  }

  value(value: ValueNode): void {
    this.counts.valueDepth = Math.max(this.counts.valueDepth, depthOfValue(value));
  }

  #field(field: FieldNode, names: Set<string>): void {
    this.counts.fields += 1;
    if (field.alias !== undefined || names.has(field.name.value)) this.counts.aliases += 1;
    this.counts.aliasLength = Math.max(this.counts.aliasLength, field.alias?.value.length ?? 0);
    names.add(field.name.value);
    for (const { value } of field.arguments ?? []) this.value(value);
  }
}

/** Levels of selection sets below each operation; introspection has a rule of its own. */
function depthOf(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measured = new Map<string, number>();

  const ofFragment = (name: string): number => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, 0); // ends cycles, which validation refuses
    const fragment = fragments.get(name);
    const depth = fragment ? ofSet(fragment.selectionSet) : 0;
    measured.set(name, depth);
    return depth;
  };

  const ofSet = (set: SelectionSetNode): number => {
    let deepest = 0;
    for (const selection of set.selections) {
      const depth =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? ofSet(selection.selectionSet)
            : selection.selectionSet && !selection.name.value.startsWith('__')
              ? 1 + ofSet(selection.selectionSet)
              : 1;
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  };
  return Math.max(
    0,
    ...document.definitions.map((node) => (node.kind === Kind.OPERATION_DEFINITION ? ofSet(node.selectionSet) : 0)),
  );
}

/**
 * Throws QUERY_TOO_COMPLEX for a document that is too large in any way that the text alone shows. Needs time in proportion
 * to the document, and comes before validation, which does not.
 */
export function assertWithinLimits(document: DocumentNode): void {
  const counter = new Counter();
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION && node.kind !== Kind.FRAGMENT_DEFINITION) continue;
    counter.directives(node.directives);
    if (node.kind === Kind.FRAGMENT_DEFINITION) counter.counts.fragments += 1;
    const variables = node.kind === Kind.OPERATION_DEFINITION ? node.variableDefinitions : undefined;
    for (const { defaultValue, directives } of variables ?? []) {
      counter.directives(directives);
      if (defaultValue) counter.value(defaultValue);
    }
    counter.selections(node.selectionSet);
  }
  const counts: readonly (readonly [LimitName, number])[] = [
    ...(Object.entries(counter.counts) as [keyof Counts, number][]),
    ['depth', depthOf(document)],
  ];
  for (const [limit, count] of counts) if (count > LIMITS[limit]) throw tooComplex(limit, count);
}
