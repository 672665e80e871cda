/** The playground's name for it too: who signs in here need not do so again there, in the same tab. */
const NAME = 'triaged.api-key';

/** The key of this tab, else the one that this browser was told to remember. */
export const storedKey = (): string | undefined =>
  sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME) ?? undefined;

/** Keeps the key for this tab, and when told to `remember` it, for this browser. It is never part of an address. */
export function storeKey(key: string, { remember }: { readonly remember: boolean }): void {
  sessionStorage.setItem(NAME, key);
  if (remember) localStorage.setItem(NAME, key);
}

/**
 * Makes the key this tab's own, whatever other tabs have the browser remember. `onForgotten` is called when another tab signs
 * out, so that the browser no longer remembers it. Returns what ends that.
 */
export function holdKey(key: string, onForgotten: () => void): () => void {
  sessionStorage.setItem(NAME, key);
  const listen = (event: StorageEvent): void => {
    if (event.storageArea !== localStorage || event.key !== NAME) return;
    if (event.oldValue !== key || event.newValue !== null) return;
    sessionStorage.removeItem(NAME);
    onForgotten();
  };
  addEventListener('storage', listen);
  return () => removeEventListener('storage', listen);
}

export function forgetKey(): void {
  sessionStorage.removeItem(NAME);
  localStorage.removeItem(NAME);
}
