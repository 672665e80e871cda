import { z } from 'zod';
import { REQUIRED } from './required-variables.js';
import { allowedValues } from './variable-kinds.js';
import { descriptions, FILE_VARIABLES, variables, type VariableDescription } from './variables.js';

export interface DescribedVariable extends VariableDescription {
  readonly name: string;
  /** As an operator would write it; absent for a variable without one. */
  readonly default?: string;
  /** What it may be: `a whole number from 0 to 65535`. */
  readonly values: string;
  /** In production, and for a server of one role. */
  readonly isRequired: boolean;
  /** NAME_FILE may name a file that holds it. */
  readonly mayBeFile: boolean;
}

/** Every variable, in the schema's order. Throws for one that nobody described. */
export const describedVariables = (): DescribedVariable[] =>
  Object.entries(variables.shape).map(([name, schema]) => {
    const description = descriptions.get(schema);
    if (!description) throw new Error(`${name} has no description in src/config/variables.ts.`);
    const { values, default: fallback } = readSchema(schema);
    if (values === undefined) throw new Error(`Nothing says which values ${name} may have.`);
    if ((fallback === undefined) === (description.unset === undefined)) {
      throw new Error(`${name} must have either a default or a word on what holds without it.`);
    }
    return {
      name,
      ...description,
      ...(fallback !== undefined && { default: fallback }),
      values,
      isRequired: name in REQUIRED,
      mayBeFile: (FILE_VARIABLES as readonly string[]).includes(name),
    };
  });

/** Looks through what wraps a kind of value: defaults, optionality, what becomes of it. */
function readSchema(schema: z.core.$ZodType): { readonly values?: string; readonly default?: string } {
  const values = allowedValues.get(schema)?.values;
  if (values !== undefined) return { values };
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return { ...readSchema(schema.def.innerType), default: String(schema.def.defaultValue) };
  }
  if (schema instanceof z.ZodOptional) return readSchema(schema.def.innerType);
  return schema instanceof z.ZodPipe ? readSchema(schema.def.in) : {};
}
