import { failureOf, type CountedFailure } from '../failures.js';
import type { Json } from '../json-values.js';
import { Place } from './place.js';
import { Refusal, type AllowedFeatures } from './refusal.js';
import type { Rule } from './rules.js';
import { NotStrictJson, parseStrictJson } from './strict-json.js';

/** Looks at a body before it is sent. */
export type Inspection = (body: Buffer, allowed: AllowedFeatures) => Buffer | CountedFailure;

/**
 * Passes a body on when the rule has nothing against it: as it came, but with the fields that `missing` gives. No reader
 * finds more in a body that passes than the rule has seen.
 */
export function inspected(
  rule: Rule,
  missing?: (request: Json, allowed: AllowedFeatures) => Json | undefined,
): Inspection {
  return (body, allowed) => {
    try {
      const request = parseStrictJson(body);
      rule(request, Place.root, allowed);
      const fields = missing?.(request, allowed);
      return fields ? withFields(body, request, fields) : body;
    } catch (error) {
      return refusalFor(error);
    }
  };
}

/**
 * With these fields before the others, which go on byte for byte: written anew, a number beyond what JavaScript holds would
 * be another one. That is so where one of the fields stands there already.
 */
function withFields(body: Buffer, request: Json, fields: Json): Buffer {
  if (Object.keys(fields).some((name) => name in request))
    return Buffer.from(JSON.stringify({ ...request, ...fields }));
  const begin = body.indexOf('{') + 1;
  const added = JSON.stringify(fields).slice(1, -1) + (Object.keys(request).length > 0 ? ',' : '');
  return Buffer.concat([body.subarray(0, begin), Buffer.from(added), body.subarray(begin)]);
}

/** As the inspection, when the rule has nothing against what stands beside the body by this name either. */
export const alsoHeld =
  (rule: Rule, value: unknown, name: string, inspection: Inspection): Inspection =>
  (body, allowed) => {
    try {
      rule(value, Place.root.member(name), allowed);
    } catch (error) {
      return refusalFor(error);
    }
    return inspection(body, allowed);
  };

function refusalFor(error: unknown): CountedFailure {
  if (error instanceof Refusal) return failureOf('notAllowed', error.message);
  if (error instanceof NotStrictJson)
    return failureOf('notAllowed', `This gateway does not understand the body of this request: ${error.message}.`);
  return { ...failureOf('notAllowed', 'This gateway could not look into the body of this request.'), cause: error };
}

/** For calls that ask by their path alone. */
export const withoutBody: Inspection = (body) =>
  body.length === 0 ? body : failureOf('notAllowed', 'This gateway does not pass on a body with this method and path.');
