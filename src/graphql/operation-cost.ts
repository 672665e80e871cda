import { getOperationAST, Kind } from 'graphql';
import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** Root fields that start an agent or call a provider: each selection of one costs a point. */
const EXECUTIONS = new Set(['runAgent', 'startTriage', 'testAiAgentConnection']);
/** What ends a run stays possible when the quota is used up. */
const FREE = 'cancelTriage';
/** What may be asked of a run that is cancelled for nothing: whether it worked. More than that is reading, which is paid for. */
const FREE_FIELDS = new Set(['id', 'state', 'cancelRequestedAt', 'endedAt', '__typename']);
/** Runs that one operation cancels for nothing. */
const MAX_FREE = 5;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  return fragments;
}

/** The fields selected here, through fragments; each fragment once, which is enough and ends cycles. */
function fieldsIn(root: SelectionSetNode, fragments: Fragments): FieldNode[] {
  const fields: FieldNode[] = [];
  const followed = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!followed.has(selection.name.value)) {
        followed.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(root);
  return fields;
}

/** The root fields by response name, as they would be executed: aliases apart, repeated spreads merged. */
const namesOf = (fields: readonly FieldNode[]): string[] => [
  ...new Map(fields.map(({ alias, name }) => [(alias ?? name).value, name.value])).values(),
];

/** Cancels a few runs and asks no more than whether it worked. */
function isFree(fields: readonly FieldNode[], fragments: Fragments): boolean {
  return (
    namesOf(fields).length <= MAX_FREE &&
    fields.every(
      ({ name, selectionSet }) =>
        name.value === FREE &&
        (!selectionSet || fieldsIn(selectionSet, fragments).every((field) => FREE_FIELDS.has(field.name.value))),
    )
  );
}

/**
 * Points that an operation takes from the tenant's quota: one, or one for each agent it starts and each provider it calls;
 * none when it cancels a few runs and reads nothing else. `@skip` and `@include` are not looked at. Undefined when the
 * document has no such operation.
 */
export function operationCost(document: DocumentNode, operationName?: string | null): number | undefined {
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const fragments = fragmentsOf(document);
  const fields = fieldsIn(operation.selectionSet, fragments);
  if (isFree(fields, fragments)) return 0;
  return Math.max(1, namesOf(fields).filter((name) => EXECUTIONS.has(name)).length);
}
