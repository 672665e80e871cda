import { getNamedType, getNullableType, isCompositeType, isListType, isObjectType, Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { SHORT } from './answer-bounds.js';
import type { AnswerBounds } from './answer-bounds.js';
import { LIMITS, tooComplex } from './too-complex.js';

type Variables = Readonly<Record<string, unknown>>;

/** What is served, and how much its fields may hold. */
export interface Answerable {
  readonly schema: GraphQLSchema;
  readonly bounds: AnswerBounds;
}

/** Items of a list whose length nothing bounds. */
const USUAL_ITEMS = 10;
/** No operator can allow longer ones, so a larger `limit` is left to the field to refuse. */
const LONGEST_PAGE = 1_000;
/** The whole schema, and one type of it: two of the first fill an operation. */
const INTROSPECTION: Readonly<Record<string, number>> = {
  __schema: LIMITS.cost / 2,
  __type: LIMITS.cost / 20,
  __typename: 1,
};

/**
 * Estimates how many field values the answer to one operation holds, a text counting once for each `SHORT` characters that
 * it may have. Fragments are followed, and estimated once each.
 */
class Estimate {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<string, number>();

  constructor(
    private readonly served: Answerable,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly variables: Variables,
  ) {
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
  }

  /** `items`: how long a list directly below is, when the field above bounds its page. */
  ofSet(set: SelectionSetNode, parent: GraphQLCompositeType, items: number | undefined): number {
    let sum = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) sum += this.#ofField(selection, parent, items);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const type = selection.typeCondition ? this.served.schema.getType(selection.typeCondition.name.value) : parent;
        if (isCompositeType(type)) sum += this.ofSet(selection.selectionSet, type, items);
      } else sum += this.#ofFragment(selection.name.value, items);
    }
    return sum;
  }

  #ofFragment(name: string, items: number | undefined): number {
    const key = `${name} ${String(items)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, 0); // ends cycles, which validation refuses
    const fragment = this.#fragments.get(name);
    const type = fragment && this.served.schema.getType(fragment.typeCondition.name.value);
    const cost = fragment && isCompositeType(type) ? this.ofSet(fragment.selectionSet, type, items) : 0;
    this.#known.set(key, cost);
    return cost;
  }

  #ofField(node: FieldNode, parent: GraphQLCompositeType, items: number | undefined): number {
    const introspection = INTROSPECTION[node.name.value];
    if (introspection !== undefined) return introspection;
    const field = isObjectType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (!field) return 1;
    const { bounds } = this.served;
    const place = `${parent.name}.${field.name}`;
    const page = this.#pageOf(node, field);
    const isList = isListType(getNullableType(field.type));
    const times = isList ? (page ?? items ?? bounds.items[place] ?? USUAL_ITEMS) : 1;
    const type = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(type)) {
      return Math.max(1, Math.ceil((times * (bounds.characters[place] ?? SHORT)) / SHORT));
    }
    // A list takes its own bound; the lists below it are not bounded by that.
    return 1 + times * this.ofSet(node.selectionSet, type, isList ? undefined : page);
  }

  /** The value of `limit`, for fields that take one. */
  #pageOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const definition = field.args.find(({ name }) => name === 'limit');
    if (!definition) return undefined;
    const given = node.arguments?.find(({ name }) => name.value === 'limit')?.value;
    if (given?.kind === Kind.INT) return this.#bounded(Number(given.value));
    if (given?.kind === Kind.VARIABLE)
      return this.#bounded(this.#variable(given.name.value) ?? definition.defaultValue);
    return this.#bounded(definition.defaultValue);
  }

  /** Without a usable number the page has the length that lists have when nothing is asked for. */
  #bounded(limit: unknown): number {
    return typeof limit === 'number' && limit >= 0 ? Math.min(limit, LONGEST_PAGE) : this.served.bounds.page;
  }

  #variable(name: string): unknown {
    if (this.variables[name] !== undefined) return this.variables[name];
    const definition = this.operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    return definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined;
  }
}

/** Field values that the answer to an operation holds at most, as estimated. The document must be valid. */
export function operationComplexity(
  served: Answerable,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const root = served.schema.getRootType(operation.operation);
  return root ? new Estimate(served, document, operation, variables).ofSet(operation.selectionSet, root, undefined) : 0;
}

/** Throws QUERY_TOO_COMPLEX when the answer would be too large. */
export function assertAffordable(...operation: Parameters<typeof operationComplexity>): void {
  const cost = operationComplexity(...operation);
  if (cost > LIMITS.cost) throw tooComplex('cost', Math.min(cost, Number.MAX_SAFE_INTEGER));
}
