/** Characters that JSON lets pass and a terminal may obey, or be deceived by. */
const UNSAFE = /[\u007f-\u009f]|\p{Bidi_Control}|\p{Zl}|\p{Zp}/gu;

const TOO_DEEP = '[nested too deeply]';

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A JSON document that a terminal shows and never obeys; it means the same to every parser. What nests thousands deep within
 * an object can be read but not written: `[nested too deeply]` stands for it.
 */
export const safeJson = (value: unknown, indent?: number): string => written(value, indent).replace(UNSAFE, escape);

function written(value: unknown, indent: number | undefined): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof RangeError) || typeof value !== 'object' || !value || Array.isArray(value)) throw error;
    const parts = Object.entries(value).map(([name, part]) => [name, isWritable(part) ? (part as unknown) : TOO_DEEP]);
    return JSON.stringify(Object.fromEntries(parts), undefined, indent);
  }
}

function isWritable(part: unknown): boolean {
  try {
    JSON.stringify(part);
    return true;
  } catch {
    return false;
  }
}
