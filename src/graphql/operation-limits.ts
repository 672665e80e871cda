import { GraphQLError, Kind } from 'graphql';
import type {
  ASTVisitor,
  FragmentDefinitionNode,
  ParseOptions,
  SelectionSetNode,
  ValidationContext,
  ValidationRule,
} from 'graphql';

/** Levels of selection sets; introspection is limited by graphql-js's own rule. */
export const MAX_DEPTH = 12;

/** Given to `parse` on every transport. */
export const parseOptions: ParseOptions = { maxLexicalTokens: 4_000 };

const isIntrospection = (name: string): boolean => name.startsWith('__');

/** Refuses documents nested deeper than `max`, fragments counted where they are spread; each is measured once. */
export const depthLimit =
  (max: number): ValidationRule =>
  (context: ValidationContext): ASTVisitor => {
    const measured = new Map<FragmentDefinitionNode, number>();

    const depthOfFragment = (fragment: FragmentDefinitionNode): number => {
      const known = measured.get(fragment);
      if (known !== undefined) return known;
      measured.set(fragment, 0); // ends cycles, which another rule refuses
      const depth = depthOf(fragment.selectionSet);
      measured.set(fragment, depth);
      return depth;
    };

    const depthOf = (set: SelectionSetNode): number =>
      set.selections.reduce((deepest, selection) => {
        if (selection.kind === Kind.INLINE_FRAGMENT) return Math.max(deepest, depthOf(selection.selectionSet));
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = context.getFragment(selection.name.value);
          return fragment ? Math.max(deepest, depthOfFragment(fragment)) : deepest;
        }
        if (!selection.selectionSet || isIntrospection(selection.name.value)) return Math.max(deepest, 1);
        return Math.max(deepest, 1 + depthOf(selection.selectionSet));
      }, 0);

    return {
      OperationDefinition(node) {
        const depth = depthOf(node.selectionSet);
        if (depth <= max) return;
        const error = new GraphQLError(`The operation is nested ${depth} levels deep; at most ${max} are allowed.`, {
          nodes: node,
        });
        context.reportError(error);
      },
    };
  };

/** Added to graphql-js's own rules on every transport. */
export const validationRules: readonly ValidationRule[] = [depthLimit(MAX_DEPTH)];
