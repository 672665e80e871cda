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

export function forgetKey(): void {
  sessionStorage.removeItem(NAME);
  localStorage.removeItem(NAME);
}
