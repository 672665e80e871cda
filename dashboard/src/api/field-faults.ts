import type { Problem } from './problem.js';

/** The field that the server names in `details.path`, without `input.` and places in lists: `name`, `runBudget.tokens`. */
export function faultyField(problem: Problem | undefined): string | undefined {
  const path = problem?.details.path;
  return typeof path === 'string' ? path.replace(/^input\./, '').replace(/(\.\d+)+$/, '') : undefined;
}

/** What the server says of each of the form's fields, and the problem itself when it is of none of them. */
export function faultsOf<Name extends string>(
  problem: Problem | undefined,
  fields: readonly Name[],
): { readonly at: Partial<Record<Name, string>>; readonly other: Problem | undefined } {
  const field = fields.find((name) => name === faultyField(problem));
  if (problem === undefined || field === undefined) return { at: {}, other: problem };
  return { at: { [field]: problem.message } as Partial<Record<Name, string>>, other: undefined };
}
