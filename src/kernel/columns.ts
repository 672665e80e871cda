/** For `bigint` columns, which the driver gives as text; exact to 2^53. */
export const safeInteger = {
  to: (value: number | null | undefined): number | null | undefined => value,
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
};
