import { useId } from 'react';
import type { ComponentProps, InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from 'react';
import { safeText } from './safe-text.js';
import './field.css';

interface Labelled {
  readonly label: string;
  /** A word of help, below the field. */
  readonly hint?: ReactNode;
  /** What is wrong with the value and what to do; undefined when nothing is. */
  readonly error?: string | undefined;
  /** Keeps the label for screen readers alone, where the place says what it is. */
  readonly hideLabel?: boolean;
}

interface Described {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

/** Label, hint and error around whatever control `children` makes of the attributes that tie them together. */
function Labelling({
  label,
  hint,
  error,
  hideLabel = false,
  children,
}: Labelled & { readonly children: (described: Described) => ReactNode }) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const describedBy = [hintId, errorId].filter(Boolean).join(' ') || undefined;
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : 'field-label'}>
        {label}
      </label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error === undefined ? undefined : true })}
      {hint !== undefined && (
        <div id={hintId} className="field-hint">
          {hint}
        </div>
      )}
      {error !== undefined && (
        <div id={errorId} className="field-error" role="alert">
          {safeText(error)}
        </div>
      )}
    </div>
  );
}

/** One line of text, or any other input. */
export function Field({
  label,
  hint,
  error,
  hideLabel = false,
  className = '',
  ...input
}: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Labelling {...{ label, hint, error, hideLabel }}>
      {(described) => <input {...input} {...described} className={`control ${className}`} />}
    </Labelling>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  hint,
  error,
  hideLabel = false,
  className = '',
  ...area
}: Labelled & ComponentProps<'textarea'>) {
  return (
    <Labelling {...{ label, hint, error, hideLabel }}>
      {(described) => <textarea rows={4} {...area} {...described} className={`control ${className}`} />}
    </Labelling>
  );
}

/** One of several; `children` are its options. */
export function Select({
  label,
  hint,
  error,
  hideLabel = false,
  className = '',
  ...select
}: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Labelling {...{ label, hint, error, hideLabel }}>
      {(described) => <select {...select} {...described} className={`control ${className}`} />}
    </Labelling>
  );
}

/** Yes or no. */
export function Checkbox({
  label,
  hint,
  ...input
}: { readonly label: ReactNode; readonly hint?: ReactNode } & Omit<InputHTMLAttributes<HTMLInputElement>, 'type'>) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div className="checkbox">
      <input {...input} type="checkbox" id={id} aria-describedby={hintId} />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <div id={hintId} className="field-hint">
          {hint}
        </div>
      )}
    </div>
  );
}
