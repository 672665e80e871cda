const SPACE = /[\t\n\r ]*/y;
const SCALAR =
  /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")/uy;

/**
 * The position, in UTF-16 units, of the first token that does not belong there; undefined for well-formed JSON. It exists
 * because JSON.parse tells positions for some faults only.
 */
export function jsonFaultPosition(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let position = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = position;
    if (!pattern.test(text)) return false;
    position = pattern.lastIndex;
    return true;
  };
  const take = (character: string): boolean => {
    if (text[position] !== character) return false;
    position += 1;
    skip(SPACE);
    return true;
  };
  const name = (): boolean => text[position] === '"' && skip(SCALAR) && skip(SPACE) && take(':');

  skip(SPACE);
  for (;;) {
    // A value is due here.
    if (take('{')) {
      open.push('{');
      if (text[position] !== '}') {
        if (!name()) return position;
        continue;
      }
    } else if (take('[')) {
      open.push('[');
      if (text[position] !== ']') continue;
    } else if (skip(SCALAR)) skip(SPACE);
    else return position;
    // A value has ended here.
    while (open.length > 0 && take(open.at(-1) === '{' ? '}' : ']')) open.pop();
    if (open.length === 0) return position === text.length ? undefined : position;
    if (!take(',') || (open.at(-1) === '{' && !name())) return position;
  }
}
