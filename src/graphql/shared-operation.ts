import { getOperationAST, Kind, OperationTypeNode, visit } from 'graphql';
import type { DocumentNode, FieldNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { bearsSharedEvents } from '../kernel/shared-events.js';

const judged = new WeakMap<OperationDefinitionNode, boolean>();

/**
 * The operation, when it subscribes to a field with `@SharedEvents` and its variables are arguments of that field alone:
 * then its answer to an event is the same for all who sent it. The document must be valid; the same text is the same node.
 */
export function sharedOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode | undefined {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
  const known = judged.get(operation);
  const isShared = known ?? isSharedIn(schema, document, operation);
  judged.set(operation, isShared);
  return isShared ? operation : undefined;
}

function isSharedIn(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  const [root, ...others] = operation.selectionSet.selections;
  if (root?.kind !== Kind.FIELD || others.length > 0 || (root.directives?.length ?? 0) > 0) return false;
  const field = schema.getSubscriptionType()?.getFields()[root.name.value];
  if (!field || !bearsSharedEvents(field)) return false;
  return !variesElsewhere(document, root);
}

/** Whether a variable decides anything beside the arguments of this field. */
function variesElsewhere(document: DocumentNode, root: FieldNode): boolean {
  let varies = false;
  visit(document, {
    VariableDefinition: () => false,
    Argument: (node) => (root.arguments?.includes(node) ? false : undefined),
    Variable: () => {
      varies = true;
    },
  });
  return varies;
}
