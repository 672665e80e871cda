const ROOTS = ['workspace', 'output'];

/** `workspace/…` or `output/…` in plain parts; undefined for whatever would lie elsewhere or could not be served. */
export function artifactName(raw: string): string | undefined {
  const name = raw.replace(/^(?:\.\/)+/, '');
  if (name.length > 1024 || !name.isWellFormed() || /[\p{Cc}\\]/u.test(name)) return undefined;
  const parts = name.split('/');
  if (parts.length < 2 || !ROOTS.includes(parts[0]!)) return undefined;
  const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255);
  return plain ? name : undefined;
}
