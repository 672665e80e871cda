import { getOperationAST, Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** Root fields that start an agent or call a provider: each selection of one costs a point. */
const EXECUTIONS = new Set(['runAgent', 'startTriage', 'testAiAgentConnection']);
/** What ends a run stays possible when the quota is used up. */
const FREE = new Set(['cancelTriage']);

/** The root fields by response name, as they would be executed: aliases apart, repeated spreads merged. */
function rootFields(document: DocumentNode, root: SelectionSetNode): Map<string, string> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const fields = new Map<string, string>();
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) fields.set((selection.alias ?? selection.name).value, selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        fragments.delete(selection.name.value); // once is enough, and ends cycles
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(root);
  return fields;
}

/**
 * Points that an operation takes from the tenant's quota: one, or one for each agent it starts and each provider it calls. `@skip` and `@include` are not
 * looked at. Undefined when the document has no such operation.
 */
export function operationCost(document: DocumentNode, operationName?: string | null): number | undefined {
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const names = [...rootFields(document, operation.selectionSet).values()];
  if (names.every((name) => FREE.has(name))) return 0;
  return Math.max(1, names.filter((name) => EXECUTIONS.has(name)).length);
}
