import { parsedJson } from '../../../../kernel/json.js';

/** At most this much of a prompt's incident is looked at. */
const MAX_CHARS = 512 * 1024;

const isJson = (text: string): boolean => parsedJson(text) !== undefined;

/**
 * What stands between `<tag>` and `</tag>` in a prompt, JSON by preference, because instructions around it may mention the
 * tag as well. Undefined when there is none.
 */
function findTagged(prompt: string, tag: string): string | undefined {
  const opening = `<${tag}>`;
  const closings = [...prompt.slice(-MAX_CHARS).matchAll(new RegExp(`</${tag}>`, 'g'))];
  const candidates = closings.map(({ index, input }) => {
    const start = input.lastIndexOf(opening, index);
    return start < 0 ? '' : input.slice(start + opening.length, index).trim();
  });
  return candidates.findLast(isJson) ?? candidates.findLast((text) => text !== '');
}

export const findIncident = (prompt: string): string | undefined => findTagged(prompt, 'incident');

/** True when the run was given a cluster: then the prompt says what may be read in it. */
export const hasCluster = (prompt: string): boolean =>
  findTagged(prompt, 'kubernetes_cluster_access_permissions') !== undefined;
