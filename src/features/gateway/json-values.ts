export type Json = Readonly<Record<string, unknown>>;

export const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

/** The first object of an array of them. */
export const firstObject = (value: unknown): Json | undefined =>
  Array.isArray(value) ? asObject(value[0]) : undefined;

/** A number of tokens as a provider reports it; undefined for what cannot be one. */
export const countIn = (object: Json | undefined, name: string): number | undefined => {
  const value = object?.[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
};
