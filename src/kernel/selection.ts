import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, Kind } from 'graphql';
import type { GraphQLResolveInfo, SelectionNode, SelectionSetNode } from 'graphql';

/** What of the schema's `info` is looked at. */
export type SelectionInfo = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>;

/**
 * The fields selected below a field, as dotted paths of field names (never aliases): `items`, `items.tools`,
 * `items.tools.name`. Fragments are followed, `@skip` and `@include` obeyed.
 */
export function selectedFields(info: SelectionInfo): ReadonlySet<string> {
  const selected = new Set<string>();
  // A fragment that is spread again at the same place adds nothing; without this, nested spreads could double for ever.
  const spread = new Set<string>();

  const isLeftOut = (node: SelectionNode): boolean =>
    (node.directives?.length ?? 0) > 0 &&
    (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.if === true ||
      getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.if === false);

  const collect = (set: SelectionSetNode, prefix: string): void => {
    for (const node of set.selections) {
      if (isLeftOut(node)) continue;
      if (node.kind === Kind.FIELD) {
        const path = prefix + node.name.value;
        selected.add(path);
        if (node.selectionSet) collect(node.selectionSet, `${path}.`);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        collect(node.selectionSet, prefix);
      } else {
        const place = `${prefix} ${node.name.value}`;
        const fragment = info.fragments[node.name.value];
        if (!fragment || spread.has(place)) continue;
        spread.add(place);
        collect(fragment.selectionSet, prefix);
      }
    }
  };
  for (const node of info.fieldNodes) if (node.selectionSet) collect(node.selectionSet, '');
  return selected;
}

/** The names of the fields selected directly below a path: of `items.tools.name` and `items.tools`, `name`. */
export const fieldsBelow = (selected: ReadonlySet<string>, path: string): string[] =>
  [...selected].flatMap((each) => {
    const name = each.startsWith(`${path}.`) ? each.slice(path.length + 1) : '';
    return name === '' || name.includes('.') ? [] : [name];
  });
