import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const NAME = 'triaged.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** What was chosen here, else what the system prefers. */
function currentTheme(): Theme {
  const chosen = localStorage.getItem(NAME);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

function show(): void {
  document.documentElement.dataset.theme = currentTheme();
  for (const listener of listeners) listener();
}

/** Shows the theme from now on, and what the system prefers when that changes. */
export function startTheme(): void {
  system.addEventListener('change', show);
  show();
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(NAME, theme);
  show();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The theme that is shown, for what draws with colours of its own (`getComputedStyle` knows the custom properties). */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, currentTheme);
