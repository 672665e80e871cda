import { failureOf, type CountedFailure } from '../failures.js';
import type { Json } from '../json-values.js';
import { Place } from './place.js';
import { Refusal, type AllowedFeatures } from './refusal.js';
import type { Rule } from './rules.js';
import { NotStrictJson, parseStrictJson } from './strict-json.js';

/** Looks at a body before it is sent. */
export type Inspection = (body: Buffer, allowed: AllowedFeatures) => Buffer | CountedFailure;

/**
 * Passes a body on when the rule has nothing against it: as it came, unless `complete` gives another request for it. No
 * reader finds more in a body that passes than the rule has seen.
 */
export function inspected(rule: Rule, complete?: (request: Json, allowed: AllowedFeatures) => Json): Inspection {
  return (body, allowed) => {
    try {
      const request = parseStrictJson(body);
      rule(request, Place.root, allowed);
      const completed = complete?.(request, allowed) ?? request;
      return completed === request ? body : Buffer.from(JSON.stringify(completed));
    } catch (error) {
      return refusalFor(error);
    }
  };
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
