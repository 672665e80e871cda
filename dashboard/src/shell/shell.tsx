import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useActor, useCan, useSession } from '../api/index.js';
import { ROUTES } from '../routes.js';
import type { PageRoute } from '../routes.js';
import { chooseTheme, IconButton, LeaveIcon, MenuIcon, MoonIcon, SunIcon, useTheme } from '../ui/index.js';
import { ConnectionIndicator } from './connection-indicator.js';
import './shell.css';

function NavigationLink({ path, word, role = 'VIEWER' }: PageRoute) {
  const [at] = useLocation();
  const may = useCan(role);
  if (word === undefined || !may) return null;
  const isHere = at === path || at.startsWith(`${path}/`);
  return (
    <li>
      <Link href={path} aria-current={isHere ? 'page' : undefined}>
        {word}
      </Link>
    </li>
  );
}

function ThemeSwitch() {
  const other = useTheme() === 'dark' ? 'light' : 'dark';
  return (
    <IconButton
      label={`Show in ${other} colours`}
      icon={other === 'light' ? <SunIcon /> : <MoonIcon />}
      onClick={() => chooseTheme(other)}
    />
  );
}

/** What is around every page: navigation, connection, who is signed in. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const { tenantId, role, keyId } = useActor();
  const { signOut } = useSession();
  const main = useRef<HTMLElement>(null);
  const shownPath = useRef(path);

  useEffect(() => {
    if (shownPath.current === path) return;
    shownPath.current = path;
    setOpen(false);
    main.current?.focus();
    main.current?.scrollTo(0, 0);
  }, [path]);

  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="shell-head">
        <IconButton
          className="shell-menu"
          label={isOpen ? 'Close the menu' : 'Open the menu'}
          icon={<MenuIcon />}
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        />
        <Link href="/runs" className="brand">
          <img src="/favicon.svg" alt="" width="20" height="20" />
          triaged
        </Link>
        <ConnectionIndicator />
        <div className="who" title={`API key ${keyId}`}>
          <span>{tenantId}</span>
          <span className="soft">{role.toLowerCase()}</span>
        </div>
        <ThemeSwitch />
        <IconButton label="Sign out" icon={<LeaveIcon />} onClick={() => signOut()} />
      </header>
      <nav id="navigation" className={`shell-nav ${isOpen ? 'shell-nav-open' : ''}`} aria-label="Pages">
        <ul>
          {ROUTES.map((route) => (
            <NavigationLink key={route.path} {...route} />
          ))}
        </ul>
        <a href="/playground/">GraphiQL</a>
      </nav>
      <main id="content" ref={main} tabIndex={-1} className="shell-main">
        {children}
      </main>
    </div>
  );
}
