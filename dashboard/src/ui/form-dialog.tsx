import { useId } from 'react';
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { ErrorBox } from './feedback.js';

/** A form in a dialog; Enter sends it. */
export function FormDialog({
  title,
  verb,
  busy,
  problem,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: string;
  /** What its button says. */
  readonly verb: string;
  readonly busy: boolean;
  /** What is of no field. */
  readonly problem: Problem | undefined;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={id} busy={busy}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="stack"
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        {problem && <ErrorBox problem={problem} />}
      </form>
    </Dialog>
  );
}
