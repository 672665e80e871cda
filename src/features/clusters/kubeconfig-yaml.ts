import { isAlias, isMap, isNode, parseAllDocuments, visit } from 'yaml';
import type { Document, YAMLMap } from 'yaml';

export const MAX_KUBECONFIG_BYTES = 256 * 1024;
/** What takes a parser's time; a kubeconfig of a hundred contexts has far less. */
const MAX_PUNCTUATION = 10_000;
const PUNCTUATION = /[\n,[\]{}&*!%:?]|- /g;

/** A text that is not the plain YAML of a kubeconfig. Its message repeats nothing of the text. */
export class KubeconfigYamlError extends Error {
  override readonly name = 'KubeconfigYamlError';
}

/**
 * One document of plain values. Anchors, aliases, tags, keys that are not text, repeated keys and further documents are
 * refused: no kubeconfig needs them, and readers differ in what they make of them.
 */
export function readKubeconfigYaml(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_KUBECONFIG_BYTES) throw new KubeconfigYamlError('it has more than 256 KiB');
  if ((text.match(PUNCTUATION)?.length ?? 0) > MAX_PUNCTUATION) {
    throw new KubeconfigYamlError('it has too many lines or values');
  }
  try {
    // Repeated keys are looked for below: the parser's own search takes time that grows with their square.
    const documents = parseAllDocuments(text, { uniqueKeys: false, stringKeys: true, prettyErrors: false });
    if (!Array.isArray(documents) || documents.length === 0) throw new KubeconfigYamlError('it is empty');
    if (documents.length > 1) throw new KubeconfigYamlError('it has several YAML documents');
    checkPlain(documents[0]!);
    return documents[0]!.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof KubeconfigYamlError) throw error;
    // Nested so deeply that the stack did not suffice.
    throw new KubeconfigYamlError('it is not valid YAML');
  }
}

function checkPlain(document: Document): void {
  if (document.errors.length + document.warnings.length > 0) throw new KubeconfigYamlError('it is not valid YAML');
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || (isNode(node) && 'anchor' in node && node.anchor)) {
        throw new KubeconfigYamlError('it has YAML anchors or aliases');
      }
      if (node.tag) throw new KubeconfigYamlError('it has YAML tags');
      if (isMap(node)) checkKeys(node);
    },
  });
}

function checkKeys(map: YAMLMap): void {
  const keys = map.items.map(({ key }) => String(key));
  if (new Set(keys).size < keys.length) throw new KubeconfigYamlError('a key stands twice in one of its maps');
}
