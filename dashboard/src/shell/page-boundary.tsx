import { Component } from 'react';
import type { ReactNode } from 'react';
import { Button, Empty } from '../ui/index.js';

/** Keeps navigation and sign-out usable when a page fails, or its file cannot be loaded. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: true } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="page">
        <Empty
          title="This page could not be shown"
          action={
            <Button kind="primary" onClick={() => location.reload()}>
              Load it again
            </Button>
          }
        >
          The server may have a newer dashboard, or may not be reachable.
        </Empty>
      </div>
    );
  }
}
