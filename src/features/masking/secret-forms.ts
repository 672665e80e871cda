/** Shorter values would mask ordinary words. */
const MIN_SECRET_BYTES = 8;

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

/**
 * The characters of a base64 text that depend on the secret alone, for a secret that begins at each of the three places
 * within a group; those at its edges also depend on what stands beside it.
 */
function base64Forms(secret: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret])
      .toString('base64')
      .replaceAll('=', '');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + secret.length) * 8) / 6);
    return text.slice(from, to);
  });
}

/** A secret as it may stand in a text: plain, JSON-escaped, URL-encoded, base64 in both alphabets, hex in both cases. */
export function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < MIN_SECRET_BYTES) return [];
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = base64Forms(bytes);
  const hex = bytes.toString('hex');
  const forms = [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    ...base64,
    ...base64.map(urlSafe),
    hex,
    hex.toUpperCase(),
  ];
  return [...new Set(forms)].map((form) => Buffer.from(form));
}
