import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  Kind,
} from 'graphql';
import type {
  GraphQLArgument,
  GraphQLField,
  GraphQLInputField,
  GraphQLInputType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';

/** A field of Query, Mutation or Subscription. */
export interface RootField {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly field: GraphQLField<unknown, unknown>;
}

export function rootFields(schema: GraphQLSchema): RootField[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([kind, type]) => Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field })));
}

/** The role that `@auth` asks for; undefined when the field does not say. */
export function requiredRole({ field }: RootField): string | undefined {
  const auth = field.astNode?.directives?.find(({ name }) => name.value === 'auth');
  const value = auth?.arguments?.find(({ name }) => name.value === 'requires')?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

type Input = GraphQLArgument | GraphQLInputField;

/** Where ids go in: `id`, `input.toolIds`, `filter.agentId`. Input types that contain themselves are entered once. */
export function idPaths({ field }: RootField): string[] {
  const below = (inputs: readonly Input[], prefix: string, entered: readonly string[]): string[] =>
    inputs.flatMap((input) => {
      const type = getNamedType(input.type);
      if (isInputObjectType(type) && !entered.includes(type.name)) {
        return below(Object.values(type.getFields()), `${prefix}${input.name}.`, [...entered, type.name]);
      }
      return type.name === 'ID' ? [`${prefix}${input.name}`] : [];
    });
  return below(field.args, '', []);
}

/** Any value that the type takes, required fields only. `given` goes first, by path. */
function valueFor(type: GraphQLInputType, path: string, given: ReadonlyMap<string, unknown>): unknown {
  if (given.has(path)) return isListType(getNullableType(type)) ? [given.get(path)] : given.get(path);
  const bare = getNullableType(type);
  if (isListType(bare)) return [];
  if (isEnumType(bare)) return bare.getValues()[0]!.value;
  if (isInputObjectType(bare)) return objectFor(Object.values(bare.getFields()), `${path}.`, given);
  if (!isLeafType(bare)) throw new Error(`no value for ${path}`);
  const samples: Record<string, unknown> = {
    String: 'sample',
    Int: 1,
    Float: 1,
    Boolean: true,
    Date: '2026-11-01',
    DateTime: '2026-11-01T00:00:00.000Z',
    ByteOffset: 0,
    SafeInt: 1,
  };
  if (!(bare.name in samples)) throw new Error(`no sample of the scalar ${bare.name} for ${path}: add one`);
  return samples[bare.name];
}

function objectFor(inputs: readonly Input[], prefix: string, given: ReadonlyMap<string, unknown>) {
  const isNeeded = ({ name, type, defaultValue }: Input): boolean => {
    const path = `${prefix}${name}`;
    const holdsGiven = [...given.keys()].some((each) => each === path || each.startsWith(`${path}.`));
    return holdsGiven || (isNonNullType(type) && defaultValue === undefined);
  };
  return Object.fromEntries(
    inputs.filter(isNeeded).map((input) => [input.name, valueFor(input.type, `${prefix}${input.name}`, given)]),
  );
}

const DEEPEST = 4;

/** Every id that an answer of this type may hold, as a selection; empty when there is none. */
export function idSelection(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type);
  if (!isObjectType(named) || depth > DEEPEST) return '';
  const fields = Object.values(named.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
  const selected = fields.map((field) => {
    if (getNamedType(field.type).name === 'ID') return field.name;
    const below = idSelection(field.type, depth + 1);
    return below && `${field.name} ${below}`;
  });
  const names = selected.filter((each) => each !== '');
  return names.length > 0 ? `{ ${names.join(' ')} }` : '';
}

/** Queries that give a page of what the tenant has, and need to be told nothing. */
export const lists = (fields: readonly RootField[]): RootField[] =>
  fields.filter(({ kind, field }) => {
    const type = getNamedType(field.type);
    const isPage = isObjectType(type) && 'items' in type.getFields();
    return kind === 'query' && isPage && !field.args.some(isRequiredArgument);
  });

/** An operation that calls the field alone, with what is given and samples of what else it requires. */
export function callOf({ kind, field }: RootField, given: ReadonlyMap<string, unknown>) {
  const variables = objectFor(field.args, '', given);
  const used = field.args.filter(({ name }) => name in variables);
  const declared = used.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = used.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
  const call = `${field.name}${passed && `(${passed})`} ${selection}`;
  return { query: `${kind} ${declared && `(${declared})`} { ${call} }`, variables };
}
