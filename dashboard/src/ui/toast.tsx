import { createContext, useCallback, useContext, useState } from 'react';
import type { ReactNode } from 'react';
import { safeText } from './safe-text.js';
import './toast.css';

type Announce = (text: string, tone?: 'good' | 'bad') => void;

const AnnounceContext = createContext<Announce | undefined>(undefined);

interface Announcement {
  readonly id: number;
  readonly text: string;
  readonly tone: 'good' | 'bad';
}

const SHOWN_MS = 6_000;
let nextId = 0;

/** Shows a few words for some seconds, and has them read out. */
export function AnnouncementProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Announcement[]>([]);
  const announce = useCallback<Announce>((text, tone = 'good') => {
    const id = nextId++;
    setShown((before) => [...before.slice(-2), { id, text, tone }]);
    setTimeout(() => setShown((before) => before.filter((each) => each.id !== id)), SHOWN_MS);
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {shown.map(({ id, text, tone }) => (
          <div key={id} className={`toast toast-${tone}`}>
            {safeText(text)}
          </div>
        ))}
      </div>
    </AnnounceContext>
  );
}

/** Says what was done, or what did not work. */
export function useAnnounce(): Announce {
  const announce = useContext(AnnounceContext);
  if (!announce) throw new Error('useAnnounce needs an AnnouncementProvider above it.');
  return announce;
}
