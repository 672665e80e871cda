import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { ErrorBox } from './feedback.js';

/** Asks before something that cannot be taken back; stays open, with the words, when it did not work. */
export function Confirm({
  title,
  verb,
  busy,
  problem,
  onConfirm,
  onClose,
  children,
}: {
  readonly title: string;
  /** What the button says. */
  readonly verb: string;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What will happen. */
  readonly children: ReactNode;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="danger" busy={busy} onClick={onConfirm}>
            {verb}
          </Button>
        </>
      }
    >
      <div>{children}</div>
      {problem && <ErrorBox problem={problem} />}
    </Dialog>
  );
}
