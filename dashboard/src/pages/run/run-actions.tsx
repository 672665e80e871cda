import { useState } from 'react';
import { useMutation } from 'urql';
import { Link } from 'wouter';
import { CancelTriageDocument } from '../../../../sdk/src/generated/graphql.js';
import { documentOf, problemOf, useCan } from '../../api/index.js';
import { Button, Dialog, ErrorBox, isUnderWay, useAnnounce } from '../../ui/index.js';
import type { Run } from './use-run.js';

function CancelDialog({
  run,
  onClose,
  onCancelled,
}: {
  readonly run: Run;
  readonly onClose: () => void;
  readonly onCancelled: () => void;
}) {
  const [{ fetching, error }, cancel] = useMutation(documentOf(CancelTriageDocument));
  const announce = useAnnounce();
  const confirm = async (): Promise<void> => {
    const answer = await cancel({ id: run.id });
    if (answer.error) return;
    announce('The run is being cancelled.');
    onCancelled();
    onClose();
  };
  return (
    <Dialog
      title="Cancel this run?"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Let it go on</Button>
          <Button kind="danger" busy={fetching} onClick={() => void confirm()}>
            Cancel the run
          </Button>
        </>
      }
    >
      <p>The agent is ended. What it printed and left so far is kept; the tokens that it used stay used.</p>
      {error && <ErrorBox problem={problemOf(error)} />}
    </Dialog>
  );
}

/** What may be done with a run by the present key. */
export function RunActions({ run, onChanged }: { readonly run: Run; readonly onChanged: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const may = useCan('OPERATOR');
  if (!may) return null;
  return (
    <>
      {isUnderWay(run.state) && (
        <Button kind="danger" disabled={Boolean(run.cancelRequestedAt)} onClick={() => setAsking(true)}>
          {run.cancelRequestedAt ? 'Being cancelled' : 'Cancel'}
        </Button>
      )}
      <Link className="button button-plain" href={`/triage?again=${run.id}`}>
        Run again
      </Link>
      {isAsking && <CancelDialog run={run} onClose={() => setAsking(false)} onCancelled={onChanged} />}
    </>
  );
}
