const NANO_DIGITS = 9;

/** Whole billionths of a US dollar, as decimal digits, in US dollars: exact, without zeros at the end. */
export function usdOf(nanoUsd: string): string {
  const digits = nanoUsd.padStart(NANO_DIGITS + 1, '0');
  const fraction = digits.slice(-NANO_DIGITS).replace(/0+$/, '');
  return `${digits.slice(0, -NANO_DIGITS)}${fraction && `.${fraction}`}`;
}
