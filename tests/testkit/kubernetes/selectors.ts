import { textAt, type KubeObject } from './objects.js';
import type { ResourceType } from './catalogue.js';

export type Selector = (object: KubeObject) => boolean;

/** A selector that the API server refuses with 400. */
export class BadSelector extends Error {}

const all =
  (terms: readonly Selector[]): Selector =>
  (object) =>
    terms.every((matches) => matches(object));

/** `a=b`, `a==b` and `a!=b`, joined with commas; only the fields that the resource type offers. */
export function fieldSelector(expression: string, type: ResourceType): Selector {
  const known = ['metadata.name', 'metadata.namespace', ...type.selectableFields];
  return all(
    expression
      .split(',')
      .filter(Boolean)
      .map((term) => {
        const [, field = '', operator, wanted = ''] = /^([^=!]+)(==?|!=)(.*)$/.exec(term) ?? [];
        if (!operator) throw new BadSelector(`invalid selector: '${expression}'; can't understand '${term}'`);
        if (!known.includes(field)) throw new BadSelector(`field label not supported: ${field}`);
        return (object) => (textAt(object, field) === wanted) === (operator !== '!=');
      }),
  );
}

/** Equality (`a=b`, `a!=b`), sets (`a in (b,c)`, `a notin (b)`) and presence (`a`, `!a`), joined with commas. */
export function labelSelector(expression: string): Selector {
  const terms = expression.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return all(terms.map((term) => labelTerm(term.trim())));
}

function labelTerm(term: string): Selector {
  const value = (object: KubeObject, key: string) => object.metadata.labels?.[key];
  const sets = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (sets) {
    const [, key = '', operator, list = ''] = sets;
    const values = list.split(',').map((item) => item.trim());
    return (object) => values.includes(value(object, key) ?? '\0') === (operator === 'in');
  }
  const equality = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term);
  if (equality) {
    const [, key = '', operator, wanted] = equality;
    return (object) => (value(object, key) === wanted) === (operator !== '!=');
  }
  const presence = /^(!?)([^=!\s]+)$/.exec(term);
  if (!presence) throw new BadSelector(`unable to parse requirement: ${term}`);
  const [, absent, key = ''] = presence;
  return (object) => (value(object, key) !== undefined) === !absent;
}
