import { Link } from 'wouter';
import { DeleteClusterDocument } from '../../../../sdk/src/generated/graphql.js';
import { useAction } from '../../api/index.js';
import { Confirm, safeText, useAnnounce } from '../../ui/index.js';

export function DeleteCluster({
  cluster: { id, name },
  onClose,
  onDeleted,
}: {
  readonly cluster: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const { run, isBusy, problem } = useAction(DeleteClusterDocument);
  const announce = useAnnounce();
  const remove = async () => {
    if (!(await run({ id }))) return;
    announce(`${name} was deleted.`);
    onDeleted();
  };
  const runs = problem?.code === 'CLUSTER_IN_USE' ? idsOf(problem.details.runs) : [];
  return (
    <Confirm
      title="Delete this cluster?"
      verb="Delete"
      busy={isBusy}
      problem={problem}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>
        <strong>{safeText(name)}</strong> is deleted for good with its sealed credential. While runs use it, it is not.
      </p>
      {runs.length > 0 && (
        <ul>
          {runs.map((run) => (
            <li key={run}>
              <Link href={`/runs/${run}`}>Run {run.slice(0, 8)}</Link>
            </li>
          ))}
        </ul>
      )}
    </Confirm>
  );
}

/** The ids in an error's details, which are whatever the server says. */
const idsOf = (runs: unknown): readonly string[] =>
  Array.isArray(runs)
    ? runs.filter((run: unknown): run is string => typeof run === 'string' && /^[\da-f-]{36}$/.test(run))
    : [];
