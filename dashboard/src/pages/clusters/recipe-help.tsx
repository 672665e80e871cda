import document from '../../../../docs/clusters.md?raw';
import { CopyButton } from '../../ui/index.js';
import { recipeOf } from './recipe.js';

const { manifest, commands } = recipeOf(document);

/** How to make a kubeconfig that only reads; open when one was refused. */
export function RecipeHelp({ isWanted }: { readonly isWanted: boolean }) {
  return (
    <details className="recipe" open={isWanted || undefined}>
      <summary>How to make a kubeconfig that only reads</summary>
      <ol className="stack">
        <li>
          <Heading text={manifest} what="the manifest">
            Save this as <code>triaged-read.yaml</code>: a service account that reads workloads, events and logs, and no
            Secrets.
          </Heading>
          <pre className="text-block" tabIndex={0} role="region" aria-label="Manifest">
            {manifest}
          </pre>
        </li>
        <li>
          <Heading text={commands} what="the commands">
            Run this with a credential of your own, and paste <code>triaged.kubeconfig</code> above.
          </Heading>
          <pre className="text-block" tabIndex={0} role="region" aria-label="Commands">
            {commands}
          </pre>
        </li>
      </ol>
    </details>
  );
}

function Heading({
  text,
  what,
  children,
}: {
  readonly text: string;
  readonly what: string;
  readonly children: React.ReactNode;
}) {
  return (
    <div className="recipe-step">
      <p>{children}</p>
      <CopyButton text={text} what={what} />
    </div>
  );
}
