import { terminalText } from '../../../sdk/src/renderer/index.js';

/** For what a stranger may have written: characters that are not seen, or that turn text around, are written out. */
export const safeText = (text: string): string => terminalText(text, false);

/** The same of every text in a value. */
export function safeTexts<T>(value: T): T {
  if (typeof value === 'string') return safeText(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => safeTexts(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, safeTexts(part as unknown)])) as T;
}
