import {
  BREAK,
  getNamedType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  isInputObjectType,
  isNonNullType,
  Kind,
  OperationTypeNode,
  visit,
} from 'graphql';
import type {
  DocumentNode,
  ExecutionResult,
  GraphQLSchema,
  OperationDefinitionNode,
  TypeNode,
  VariableDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { CompiledQuery } from 'graphql-jit';

export interface HotOperationLimits {
  /** Uses after which a query is worth compiling. */
  readonly uses: number;
  /** So many stay compiled; the one that was used longest ago makes room. */
  readonly compiled: number;
  /** One compilation in this time at most, so that nobody can make us compile without end. */
  readonly intervalMs: number;
}

const LIMITS: HotOperationLimits = { uses: 50, compiled: 64, intervalMs: 250 };

export interface Operation {
  /** Valid for the schema; the same object each time for the same text, which is what uses are counted by. */
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  /** One of the documents that this server knows beforehand. */
  readonly isPersisted: boolean;
}

/** Answers one operation; the context is the caller's. */
export type CompiledOperation = (contextValue: unknown) => Promise<ExecutionResult>;

/**
 * Compiles the queries that are asked for often, and persisted ones at their first use. Everything else, and whatever
 * it could answer differently from graphql-js, is left to graphql-js: mutations, subscriptions, variables that are not valid.
 */
export class HotOperations {
  readonly #uses = new WeakMap<OperationDefinitionNode, number>();
  /** Operations that are never compiled. */
  readonly #refused = new WeakSet<OperationDefinitionNode>();
  readonly #compiled = new Map<OperationDefinitionNode, CompiledQuery>();
  /** They stay, beside those that were used often: their number is ours. */
  readonly #persisted = new WeakMap<OperationDefinitionNode, CompiledQuery>();
  #nextCompilation = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits = LIMITS,
  ) {}

  /** What answers as graphql-js would; undefined when the operation is to be interpreted. Asking counts as a use. */
  find({ document, operationName, variables, isPersisted }: Operation): CompiledOperation | undefined {
    const node = getOperationAST(document, operationName);
    if (node?.operation !== OperationTypeNode.QUERY) return undefined;
    const compiled = this.#recall(node) ?? (isPersisted ? this.#persist(node, document) : this.#grow(node, document));
    if (!compiled || !this.#agreesOn(node, variables ?? {})) return undefined;
    return async (contextValue) => {
      const { data, errors } = await compiled.query(undefined, contextValue, { ...variables });
      return { ...(errors && { errors: errors.map(asGraphQLError) }), data: data ?? null };
    };
  }

  /** graphql-jit words faults of its own, also of nulls, and refuses a required variable that has a default and is left out. */
  #agreesOn(
    { variableDefinitions = [] }: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): boolean {
    if (variableDefinitions.length === 0) return true;
    const isLeft = ({ defaultValue, variable }: VariableDefinitionNode): boolean => {
      const { value: name } = variable.name;
      return variables[name] === null || (defaultValue !== undefined && !(name in variables));
    };
    if (variableDefinitions.some(isLeft)) return false;
    return getVariableValues(this.schema, variableDefinitions, variables).errors === undefined;
  }

  #recall(node: OperationDefinitionNode): CompiledQuery | undefined {
    const known = this.#compiled.get(node);
    if (!known) return this.#persisted.get(node);
    this.#compiled.delete(node);
    this.#compiled.set(node, known);
    return known;
  }

  #persist(node: OperationDefinitionNode, document: DocumentNode): CompiledQuery | undefined {
    const compiled = this.#compile(node, document);
    if (compiled) this.#persisted.set(node, compiled);
    return compiled;
  }

  /** Undefined until the operation is hot. */
  #grow(node: OperationDefinitionNode, document: DocumentNode): CompiledQuery | undefined {
    const uses = (this.#uses.get(node) ?? 0) + 1;
    this.#uses.set(node, uses);
    const now = performance.now();
    if (uses < this.limits.uses || now < this.#nextCompilation || this.#refused.has(node)) return undefined;
    this.#nextCompilation = now + this.limits.intervalMs;
    const compiled = this.#compile(node, document);
    if (!compiled) return undefined;
    this.#compiled.set(node, compiled);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size > this.limits.compiled && oldest) this.#compiled.delete(oldest);
    return compiled;
  }

  #compile(node: OperationDefinitionNode, document: DocumentNode): CompiledQuery | undefined {
    if (this.#refused.has(node)) return undefined;
    const compiled =
      isUnfit(document) || takesDefaults(this.schema, node)
        ? undefined
        : compileQuery(this.schema, document, node.name?.value);
    if (compiled && isCompiledQuery(compiled)) return compiled;
    this.#refused.add(node);
    return undefined;
  }
}

/**
 * graphql-jit notes a fragment's condition on nodes that other places share, and takes a spread that was skipped for done:
 * fields would be missing. One operation of a document would spoil the others. And it writes answers as object literals, in
 * which `__proto__` is no field.
 */
function isUnfit(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    enter: (node) => {
      const isFragment = node.kind === Kind.FRAGMENT_SPREAD || node.kind === Kind.INLINE_FRAGMENT;
      const isConditional = isFragment && Boolean(node.directives?.length);
      if (!isConditional && !(node.kind === Kind.FIELD && node.alias?.value === '__proto__')) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

/** Whether a variable may hold an object that leaves a required field to its default, which graphql-jit refuses. */
function takesDefaults(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): boolean {
  const seen: string[] = [];
  const has = (name: string): boolean => {
    const type = schema.getType(name);
    if (!isInputObjectType(type) || seen.includes(name)) return false;
    seen.push(name);
    return Object.values(type.getFields()).some(
      ({ type: of, defaultValue }) => (isNonNullType(of) && defaultValue !== undefined) || has(getNamedType(of).name),
    );
  };
  return variableDefinitions.some(({ type }) => has(nameIn(type)));
}

const nameIn = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameIn(type.type));

/** graphql-jit has an error of its own, which is no GraphQLError: as it is, it would be masked, cause and all. */
function asGraphQLError({ message, path, locations, originalError }: GraphQLError): GraphQLError {
  const error = new GraphQLError(message, { ...(path && { path }), ...(originalError && { originalError }) });
  // graphql-js derives them from the document's nodes, which graphql-jit does not keep.
  if (locations) Object.defineProperty(error, 'locations', { value: locations, enumerable: true });
  return error;
}
