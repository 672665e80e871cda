import type { ProviderFeature } from '../../../kernel/provider-features.js';
import { asObject, type Json } from '../json-values.js';
import { shown, type Place } from './place.js';
import { malformed, requireFeature, type AllowedFeatures } from './refusal.js';

/** Says nothing about a part of a request that may pass, and throws a Refusal for one that may not. Null stands for nothing. */
export type Rule = (value: unknown, at: Place, allowed: AllowedFeatures) => void;

/** What is the agent's own and no provider acts on: arguments of tools, signatures. */
export const anything: Rule = () => undefined;

/** A text, number or truth value, or a list of them. */
export const plain: Rule = (value, at) => {
  const parts = Array.isArray(value) ? (value as unknown[]) : [value];
  if (parts.some((part) => typeof part === 'object' && part !== null)) throw malformed(at, 'text or a number');
};

/** Settings by whatever names, each of them plain. */
export const settings: Rule = (value, at, allowed) => {
  if (value === null) return;
  const object = asObject(value);
  if (!object) throw malformed(at, 'an object');
  for (const name in object) plain(object[name], at.member(name), allowed);
};

/** True, false or nothing: no provider may read a text as true where the gateway does not. */
export const truth: Rule = (value, at) => {
  if (value !== null && typeof value !== 'boolean') throw malformed(at, 'true or false');
};

/** Passes only where the instance allows the feature; what is false asks for nothing. */
export const needs =
  (feature: ProviderFeature): Rule =>
  (value, at, allowed) => {
    if (value !== null && value !== false) requireFeature(feature, at, allowed);
  };

export const listOf =
  (rule: Rule): Rule =>
  (value, at, allowed) => {
    if (value === null) return;
    if (!Array.isArray(value)) throw malformed(at, 'a list');
    for (const [index, element] of (value as unknown[]).entries()) rule(element, at.element(index), allowed);
  };

/** A text, or what the other rule lets pass. */
export const textOr =
  (rule: Rule): Rule =>
  (value, at, allowed) => {
    if (typeof value !== 'string') rule(value, at, allowed);
  };

type Fields = Readonly<Record<string, Rule>>;

/** One of these texts; what a provider bills by another rate than the price table's needs UNLISTED. */
export const usualRate =
  (names: RegExp): Rule =>
  (value, at, allowed) => {
    if (value === null) return;
    if (typeof value !== 'string' || !isPlainName(value)) throw malformed(at, 'a name');
    if (!names.test(value)) requireFeature('UNLISTED', at, allowed, shown(value));
  };

/** What no list knows and yet may pass with UNLISTED: no other reader takes more for it than lower case and separators. */
const MAX_UNKNOWN_LENGTH = 128;
const isPlainName = (text: string): boolean => text.length <= MAX_UNKNOWN_LENGTH && /^[ -~]*$/.test(text);
const PLAIN_NAME = `a name of at most ${MAX_UNKNOWN_LENGTH} ASCII characters`;

const folded = (name: string): string => name.toLowerCase().replace(/[_\s-]/g, '');
const asWritten = (name: string): string => name;

/**
 * An object with these fields. Another one needs UNLISTED, and passes unseen with it; but none that a lenient reader could
 * take for one of these. `canonical` gives the name of a field that may be written in several ways.
 */
export function objectOf(fields: Fields, canonical: (name: string) => string = asWritten): Rule {
  const known = new Map(Object.entries(fields));
  const alike = new Set(Object.keys(fields).map(folded));
  return (value, at, allowed) => {
    if (value === null) return;
    const object = asObject(value);
    if (!object) throw malformed(at, 'an object');
    for (const name in object) {
      if (!isPlainName(name)) throw malformed(at.member(name), PLAIN_NAME);
      const rule = known.get(canonical(name));
      if (rule) rule(object[name], at.member(name), allowed);
      else if (alike.has(folded(name))) throw malformed(at.member(name), 'another spelling');
      else requireFeature('UNLISTED', at.member(name), allowed);
    }
  };
}

/** A kind of object: its types, and the rule for it. */
export type Kind = readonly [types: RegExp, rule: Rule];

/** Any type that begins so, with a date behind it or without. */
export const dated = (...types: readonly string[]): RegExp =>
  new RegExp(`^(?:${types.join('|')})(?:_\\d{6,8}|(?:_\\d+){3})?$`);

/** An object that says its kind in `type`; `untyped` is for one that does not. Another kind needs UNLISTED. */
export function kindOf(kinds: readonly Kind[], untyped?: Rule): Rule {
  return (value, at, allowed) => {
    if (value === null) return;
    const object = asObject(value);
    if (!object) throw malformed(at, 'an object');
    const type = object.type ?? null;
    if (type === null && untyped) return untyped(object, at, allowed);
    if (typeof type !== 'string') throw malformed(at.member('type'), 'the name of a type');
    if (!isPlainName(type)) throw malformed(at.member('type'), PLAIN_NAME);
    const kind = ruleFor(kinds, type);
    if (kind) return kind(object, at, allowed);
    if (ruleFor(kinds, type.trim().toLowerCase())) throw malformed(at.member('type'), 'another spelling');
    requireFeature('UNLISTED', at.member('type'), allowed, shown(type));
  };
}

const ruleFor = (kinds: readonly Kind[], type: string): Rule | undefined =>
  kinds.find(([types]) => types.test(type))?.[1];

/** A kind that passes only where the instance allows the feature. */
export const kindThatNeeds = (feature: ProviderFeature, types: RegExp): Kind => [
  types,
  (value, at, allowed) => requireFeature(feature, at.member('type'), allowed, shown(String((value as Json).type))),
];

/** A kind with these fields beside its type. */
export const kindWith = (types: RegExp, fields: Fields): Kind => [types, objectOf({ type: plain, ...fields })];

/** A JSON Schema: it may refer to its own parts, but to nothing that somebody would have to fetch. */
export const jsonSchema: Rule = (value, at, allowed) => schemaBelow(false, value, at, allowed);

/** `isBased`: an `$id` above is a URL, which makes one of every relative reference. */
function schemaBelow(isBased: boolean, value: unknown, at: Place, allowed: AllowedFeatures): void {
  if (typeof value !== 'object' || value === null) return;
  const bases = [(value as Json).$id, (value as Json).id];
  const isBase = isBased || bases.some((id) => typeof id === 'string' && /[:/]/.test(id));
  for (const name in value) {
    const part = (value as Json)[name];
    const isElsewhere =
      /^\$(?:dynamic|recursive)?ref$/i.test(name) && typeof part === 'string' && !part.startsWith('#');
    if (isElsewhere && (isBase || /[:/]/.test(part))) requireFeature('URL_SOURCES', at.member(name), allowed);
    if (typeof part === 'object') schemaBelow(isBase, part, at.member(name), allowed);
  }
}

const LONGER_THAN_A_SCHEME = 1024;
/** With what breaks lines in it: readers of URLs leave that out. */
const LONGER_WITH_BREAKS = 4 * LONGER_THAN_A_SCHEME;

/** Base64 or a `data:` URL; another URL would have to be fetched. */
export const inlineData: Rule = (value, at, allowed) => {
  if (value === null) return;
  if (typeof value !== 'string') throw malformed(at, 'text');
  const start = value.slice(0, LONGER_WITH_BREAKS).replace(/[\r\n]+/g, '');
  const isHidden = start.length < LONGER_THAN_A_SCHEME && value.length > LONGER_WITH_BREAKS;
  if (isHidden || (!/^data:/i.test(start) && !/^[\w+/=-]*$/.test(start))) requireFeature('URL_SOURCES', at, allowed);
};

/** As `inlineData`, where a bare text would be a URL too. */
export const dataUrl: Rule = (value, at, allowed) => {
  if (value === null) return;
  if (typeof value !== 'string') throw malformed(at, 'text');
  if (!/^data:/i.test(value)) requireFeature('URL_SOURCES', at, allowed);
};

/** The name of a model; some search the web by themselves. */
export const model: Rule = (value, at, allowed) => {
  if (value === null) return;
  if (typeof value !== 'string') throw malformed(at, 'the name of a model');
  if (/(?:^|[^a-z])(?:search|deep-research)(?:[^a-z]|$)|:online$/i.test(value))
    requireFeature('WEB_SEARCH', at, allowed);
};
