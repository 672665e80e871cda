/** What type-graphql registers as an enum: each name as its own value. */
export const enumOf = <T extends string>(names: readonly T[]): Record<T, T> =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<T, T>;
