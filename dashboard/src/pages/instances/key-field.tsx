import { Field } from '../../ui/index.js';

/** A provider's key: never shown, never offered to be saved as a password of this page. */
export function KeyField({
  value,
  error,
  hint = 'Sealed when it is stored, and never shown again.',
  autoFocus = false,
  onChange,
}: {
  readonly value: string;
  readonly error: string | undefined;
  readonly hint?: string;
  readonly autoFocus?: boolean;
  readonly onChange: (key: string) => void;
}) {
  return (
    <Field
      label="Provider's API key"
      type="password"
      autoComplete="new-password"
      spellCheck={false}
      autoFocus={autoFocus}
      hint={hint}
      value={value}
      error={error}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
