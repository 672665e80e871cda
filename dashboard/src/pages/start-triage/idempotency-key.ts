import { useCallback, useRef } from 'react';
import type { TriageForm } from './triage-form.js';

/** Of 128 random bits; `crypto.randomUUID` is there on https and on this machine alone. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `dashboard-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** The same key while the same is asked for, so that trying again after a lost answer starts no second run. */
export function useIdempotencyKey(): (form: TriageForm) => string {
  const last = useRef<{ readonly asked: string; readonly key: string }>(undefined);
  return useCallback((form) => {
    const asked = JSON.stringify(form);
    if (last.current?.asked !== asked) last.current = { asked, key: newKey() };
    return last.current.key;
  }, []);
}
