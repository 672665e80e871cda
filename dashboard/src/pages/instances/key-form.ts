/** The server's rule for a provider's API key; the text never holds anything of the key. */
export function keyFault(apiKey: string): string | undefined {
  if (/^[\x21-\x7e]{8,512}$/.test(apiKey)) return undefined;
  return apiKey === ''
    ? "Give the provider's API key."
    : 'A key has 8 to 512 printable ASCII characters, and no spaces: see that all of it, and nothing else, was copied.';
}
