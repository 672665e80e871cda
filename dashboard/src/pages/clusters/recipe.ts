/** How to make a credential that only reads: parts of docs/clusters.md, so that both say the same. */
export interface Recipe {
  /** The manifest of service account and role. */
  readonly manifest: string;
  /** What makes a kubeconfig of it. */
  readonly commands: string;
}

export function recipeOf(document: string): Recipe {
  const blocks = [...document.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const first = (language: string): string => blocks.find(([, name]) => name === language)?.[2]?.trimEnd() ?? '';
  return { manifest: first('yaml'), commands: first('sh') };
}
