/** Characters that JSON lets pass and a terminal may obey, or be deceived by. */
const UNSAFE = /[\u007f-\u009f]|\p{Bidi_Control}|\p{Zl}|\p{Zp}/gu;

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A JSON document that a terminal shows and never obeys; it means the same to every parser. */
export const safeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(UNSAFE, escape);
