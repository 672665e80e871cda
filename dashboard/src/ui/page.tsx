import type { ReactNode } from 'react';
import { safeText } from './safe-text.js';
import './page.css';

/** A page: its title, also the window's, what can be done, and the content. */
export function Page({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="page">
      <title>{`${safeText(title)} · triaged`}</title>
      <header className="page-head">
        <h1>{safeText(title)}</h1>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
