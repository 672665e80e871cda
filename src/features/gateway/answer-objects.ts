import { parsedJson } from '../../kernel/json.js';
import { asObject, type Json } from './json-values.js';

/** As many as a request may hold. */
const MAX_VALUES = 100_000;
/** Each value takes two characters at least. */
const FEW_CHARS = 2 * MAX_VALUES;
/** A text that is no JSON costs as much time as thousands of bytes that are. */
const MAX_UNREADABLE = 100;

/**
 * Parses the JSON objects of one answer. Its provider may be hostile, and all runs share one event loop and one heap: an
 * object with more values than any model's answer has is not parsed, and after a hundred texts that are no object none is.
 */
export class AnswerObjects {
  #unreadable = 0;

  /** Undefined for what is no object, or is not looked at. */
  parse(text: string): Json | undefined {
    if (this.#unreadable >= MAX_UNREADABLE) return undefined;
    const object = text.length > FEW_CHARS && hasTooManyValues(text) ? undefined : asObject(parsedJson(text));
    if (!object) this.#unreadable += 1;
    return object;
  }
}

const codeOf = (character: string): number => character.charCodeAt(0);
const [QUOTE, BACKSLASH] = [codeOf('"'), codeOf('\\')];
/** Each value stands behind one of these. */
const BEFORE_A_VALUE = new Set([',', '[', '{'].map(codeOf));

function hasTooManyValues(text: string): boolean {
  let values = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) inString = !inString;
    else if (inString) at += code === BACKSLASH ? 1 : 0;
    else if (BEFORE_A_VALUE.has(code) && ++values > MAX_VALUES) return true;
  }
  return false;
}
