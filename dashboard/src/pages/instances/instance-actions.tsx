import { useState } from 'react';
import { useLocation } from 'wouter';
import {
  DeleteInstanceDocument,
  RestartInstanceDocument,
  StartInstanceDocument,
  StopInstanceDocument,
} from '../../../../sdk/src/generated/graphql.js';
import type { InstanceFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { useAction, useCan } from '../../api/index.js';
import type { Problem } from '../../api/index.js';
import { Button, Checkbox, Confirm, Dialog, ErrorBox, safeText, useAnnounce } from '../../ui/index.js';

type Instance = Pick<InstanceFieldsFragment, 'id' | 'name' | 'state'>;

/** Start, restart, stop and delete. */
export function InstanceActions({
  instance,
  onChanged,
}: {
  readonly instance: Instance;
  readonly onChanged: () => void;
}) {
  const { id, name, state } = instance;
  const start = useAction(StartInstanceDocument);
  const restart = useAction(RestartInstanceDocument);
  const [asked, setAsked] = useState<'stop' | 'delete'>();
  const [seen, setSeen] = useState<Problem>();
  const announce = useAnnounce();
  const done = (words: string) => {
    announce(words);
    setAsked(undefined);
    onChanged();
  };
  const run = async (action: typeof start | typeof restart, words: string) => {
    if (await action.run({ id })) done(words);
  };
  const problem = start.problem ?? restart.problem;
  if (!useCan('ADMIN')) return null;
  return (
    <>
      {state === 'STOPPED' ? (
        <Button kind="primary" busy={start.isBusy} onClick={() => void run(start, `${name} was started.`)}>
          Start
        </Button>
      ) : (
        <>
          <Button busy={restart.isBusy} onClick={() => void run(restart, `${name} was restarted.`)}>
            Restart
          </Button>
          <Button kind="danger" onClick={() => setAsked('stop')}>
            Stop
          </Button>
        </>
      )}
      <Button kind="danger" onClick={() => setAsked('delete')}>
        Delete
      </Button>
      {problem && problem !== seen && (
        <Dialog title="That did not work" onClose={() => setSeen(problem)}>
          <ErrorBox problem={problem} />
        </Dialog>
      )}
      {asked === 'stop' && (
        <StopDialog
          instance={instance}
          onClose={() => setAsked(undefined)}
          onDone={() => done(`${name} was stopped.`)}
        />
      )}
      {asked === 'delete' && <DeleteDialog instance={instance} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function StopDialog({
  instance: { id, name },
  onClose,
  onDone,
}: {
  readonly instance: Instance;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [force, setForce] = useState(false);
  const { run, isBusy, problem } = useAction(StopInstanceDocument);
  const stop = async () => {
    if (await run({ id, force })) onDone();
  };
  return (
    <Confirm
      title="Stop this instance?"
      verb="Stop"
      busy={isBusy}
      problem={problem}
      onConfirm={() => void stop()}
      onClose={onClose}
    >
      <p>
        <strong>{safeText(name)}</strong> takes no more runs until it is started again.
      </p>
      <Checkbox
        label="Cancel its runs under way"
        hint="Otherwise they go on to their end."
        checked={force}
        onChange={({ target }) => setForce(target.checked)}
      />
    </Confirm>
  );
}

function DeleteDialog({
  instance: { id, name },
  onClose,
}: {
  readonly instance: Instance;
  readonly onClose: () => void;
}) {
  const [force, setForce] = useState(false);
  const { run, isBusy, problem } = useAction(DeleteInstanceDocument);
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const remove = async () => {
    if (!(await run({ id, force }))) return;
    announce(`${name} was deleted.`);
    navigate('/instances');
  };
  return (
    <Confirm
      title="Delete this instance?"
      verb="Delete"
      busy={isBusy}
      problem={problem}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>
        <strong>{safeText(name)}</strong> is deleted for good with its configurations and keys. Its runs, usage and
        audit trail stay.
      </p>
      <Checkbox
        label="Cancel its runs under way"
        hint="Otherwise it is not deleted while there are any."
        checked={force}
        onChange={({ target }) => setForce(target.checked)}
      />
    </Confirm>
  );
}
