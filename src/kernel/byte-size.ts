const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Parses Docker's form of a size ("512m", "2g", "1073741824") into bytes; undefined when it is not one. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d{1,12})([bkmg]?)$/i.exec(text.trim());
  if (!match) return undefined;
  const bytes = Number(match[1]) * (UNITS[match[2]!.toLowerCase()] ?? Number.NaN);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}
