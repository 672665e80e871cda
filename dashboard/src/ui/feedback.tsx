import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.js';
import { Button } from './button.js';
import { useNow } from './figures.js';
import { safeText } from './safe-text.js';
import './feedback.css';

/** Nothing to show, why, and what to do about it. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children !== undefined && <div className="soft">{children}</div>}
      {action}
    </div>
  );
}

/** Seconds until it may be tried again. */
function useSecondsLeft({ retryAfterSeconds, at }: Problem): number {
  const now = useNow();
  return retryAfterSeconds === undefined ? 0 : Math.max(0, Math.ceil(retryAfterSeconds - (now - at) / 1_000));
}

const TITLES: Readonly<Record<string, string>> = {
  UNREACHABLE: 'No answer from the server',
  FORBIDDEN: 'This key may not do that',
  NOT_FOUND: 'Not found',
  RATE_LIMITED: 'Too many requests for now',
  INTERNAL: 'The server failed',
  SERVICE_UNAVAILABLE: 'The server is not ready',
  RUNTIME_UNAVAILABLE: 'Nothing can run the agent',
};

/** What went wrong and what to do; with `onRetry` a button, once the time has come. */
export function ErrorBox({
  problem,
  onRetry,
}: {
  readonly problem: Problem;
  readonly onRetry?: (() => void) | undefined;
}) {
  const left = useSecondsLeft(problem);
  const { requestId } = problem.details;
  return (
    <div className="error-box">
      <div role="alert">
        <h2>{TITLES[problem.code] ?? 'That did not work'}</h2>
        <p>{safeText(problem.message)}</p>
        <p className="error-code">
          <code>{problem.code}</code>
          {typeof requestId === 'string' && (
            <>
              {' '}
              · request <code>{requestId}</code>
            </>
          )}
        </p>
      </div>
      {onRetry && (
        <Button onClick={onRetry} disabled={left > 0}>
          {left > 0 ? `Again in ${left} s` : 'Try again'}
        </Button>
      )}
    </div>
  );
}

/** Something is being read; said to screen readers, drawn for the others. */
export function Spinner({ label = 'Loading …' }: { readonly label?: string }) {
  return (
    <div className="spinner" role="status">
      <span aria-hidden="true" />
      {label}
    </div>
  );
}

/** Grey lines in place of `lines` rows that are being read. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading …">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} aria-hidden="true" />
      ))}
    </div>
  );
}
