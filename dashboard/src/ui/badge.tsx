import type { ReactNode } from 'react';
import './badge.css';

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'neutral';

/** A word with a colour; the word alone says it all. */
export function Badge({
  tone = 'neutral',
  live = false,
  children,
}: {
  readonly tone?: Tone;
  /** With a dot that breathes: it is going on now. */
  readonly live?: boolean;
  readonly children: ReactNode;
}) {
  return <span className={`badge badge-${tone} ${live ? 'badge-live' : ''}`}>{children}</span>;
}
