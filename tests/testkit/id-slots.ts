import { getNamedType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import type { GraphQLArgument, GraphQLField, GraphQLInputField, GraphQLInputType, GraphQLSchema } from 'graphql';

/** A place of the schema where a client writes an id: `updateAgent` at `input.toolIds`. */
export interface IdSlot {
  readonly operation: 'query' | 'mutation';
  readonly field: string;
  readonly path: readonly string[];
}

export const slotName = ({ field, path }: IdSlot): string => `${field}(${path.join('.')})`;

const isList = (type: GraphQLInputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/** Every place for an id in Query and Mutation, also deep in inputs. */
export function idSlots(schema: GraphQLSchema): IdSlot[] {
  const within = (input: GraphQLArgument | GraphQLInputField): string[][] => {
    const type = getNamedType(input.type);
    if (type.name === 'ID') return [[input.name]];
    if (!isInputObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => within(field).map((path) => [input.name, ...path]));
  };
  return fieldsOf(schema).flatMap(({ operation, field }) =>
    field.args.flatMap((argument) => within(argument).map((path) => ({ operation, field: field.name, path }))),
  );
}

function fieldsOf(schema: GraphQLSchema): { operation: IdSlot['operation']; field: GraphQLField<unknown, unknown> }[] {
  const roots = [
    { operation: 'query', type: schema.getQueryType() },
    { operation: 'mutation', type: schema.getMutationType() },
  ] as const;
  return roots.flatMap(({ operation, type }) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ operation, field })),
  );
}

/**
 * An operation that writes `id` into the slot, leaves out what may be left out, and takes everything else from `filler`,
 * which is asked with the other slots' names and the names of plain fields.
 */
export function callWith(
  schema: GraphQLSchema,
  slot: IdSlot,
  id: string,
  filler: (name: string) => string,
): { document: string; variables: Record<string, unknown> } {
  const field = fieldsOf(schema).find((each) => each.field.name === slot.field)!.field;

  const valueOf = (input: GraphQLArgument | GraphQLInputField, path: readonly string[]): unknown => {
    const type = getNamedType(input.type);
    if (isInputObjectType(type)) {
      const entries = Object.values(type.getFields()).map((each) => [each.name, valueIn(each, [...path, each.name])]);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    const isSlot = path.join() === slot.path.join();
    const name = type.name === 'ID' ? slotName({ ...slot, path }) : input.name;
    const value = isSlot ? id : filler(name);
    return isList(input.type) ? [value] : value;
  };
  const valueIn = (input: GraphQLArgument | GraphQLInputField, path: readonly string[]): unknown => {
    const isOnTheWay = path.every((name, index) => name === slot.path[index]);
    return isOnTheWay || isRequired(input) ? valueOf(input, path) : undefined;
  };

  const variables: Record<string, unknown> = {};
  for (const argument of field.args) {
    const value = valueIn(argument, [argument.name]);
    if (value !== undefined) variables[argument.name] = value;
  }
  const used = field.args.filter(({ name }) => name in variables);
  const declared = used.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const given = used.map(({ name }) => `${name}: $${name}`).join(', ');
  return { document: `${slot.operation} (${declared}) { ${field.name}(${given}) { __typename } }`, variables };
}

const isRequired = ({ type, defaultValue }: GraphQLArgument | GraphQLInputField): boolean =>
  isNonNullType(type) && defaultValue === undefined;
