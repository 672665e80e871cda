import type { ButtonHTMLAttributes, ReactNode } from 'react';
import './button.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the one thing to do here; `danger`: what cannot be taken back. */
  readonly kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  /** Shows that it works, and takes no further click. */
  readonly busy?: boolean;
}

export function Button({ kind = 'plain', busy = false, children, className = '', ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${kind} ${className}`}
      aria-busy={busy || undefined}
      disabled={busy || rest.disabled}
    >
      {busy && <span className="button-spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'aria-label'> {
  /** Read out, and shown as a tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
}

/** A button that shows an icon alone. */
export function IconButton({ label, icon, className = '', ...rest }: IconButtonProps) {
  return (
    <Button kind="quiet" {...rest} className={`icon-button ${className}`} aria-label={label} title={label}>
      {icon}
    </Button>
  );
}
