/** At most this much of a prompt's incident is looked at. */
const MAX_CHARS = 512 * 1024;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The incident in a prompt: what stands between `<incident>` and `</incident>`, JSON by preference, because instructions
 * around it may mention the tag as well. Undefined when there is none.
 */
export function findIncident(prompt: string): string | undefined {
  const candidates = [...prompt.slice(-MAX_CHARS).matchAll(/<\/incident>/g)].map(({ index, input }) => {
    const opening = input.lastIndexOf('<incident>', index);
    return opening < 0 ? '' : input.slice(opening + '<incident>'.length, index).trim();
  });
  return candidates.findLast(isJson) ?? candidates.findLast((text) => text !== '');
}
