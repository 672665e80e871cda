import { Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { SessionProvider, useCan, useSession } from './api/index.js';
import { SignInPage } from './pages/sign-in/index.js';
import { ROUTES } from './routes.js';
import type { PageRoute } from './routes.js';
import { PageBoundary } from './shell/page-boundary.js';
import { Shell } from './shell/shell.js';
import { AnnouncementProvider, Empty, ErrorBox, Page, Spinner } from './ui/index.js';

function Gated({ component: Content, role = 'VIEWER' }: PageRoute) {
  if (useCan(role)) return <Content />;
  return (
    <Page title="Not for this key">
      <Empty title="This key may not see this page">It needs an API key with the role {role}.</Empty>
    </Page>
  );
}

const NotThere = () => (
  <Page title="Nothing here">
    <Empty title="There is no such page" action={<a href="/runs">To the runs</a>} />
  </Page>
);

function Pages() {
  return (
    <Shell>
      <PageBoundary>
        <Suspense fallback={<Spinner />}>
          <Switch>
            <Route path="/">
              <Redirect to="/runs" replace />
            </Route>
            {ROUTES.map((route) => (
              <Route key={route.path} path={route.path}>
                <Gated {...route} />
              </Route>
            ))}
            <Route>
              <NotThere />
            </Route>
          </Switch>
        </Suspense>
      </PageBoundary>
    </Shell>
  );
}

function Gate() {
  const { state, retry } = useSession();
  switch (state.name) {
    case 'checking':
      return <Spinner label="Signing in …" />;
    case 'failed':
      return (
        <main className="page">
          <ErrorBox problem={state.problem} onRetry={retry} />
        </main>
      );
    case 'signed-out':
      return <SignInPage reason={state.reason} />;
    case 'signed-in':
      return <Pages />;
  }
}

export const App = () => (
  <AnnouncementProvider>
    <SessionProvider>
      <Gate />
    </SessionProvider>
  </AnnouncementProvider>
);
