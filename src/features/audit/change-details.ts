/** What was changed, as an event tells it: the new value, but of a description only that there is one. */
export function changeDetails({
  description,
  ...values
}: Readonly<{ name?: string; role?: string; description?: string }>): Record<string, string> {
  return { ...values, ...(description !== undefined && { description: 'changed' }) };
}
