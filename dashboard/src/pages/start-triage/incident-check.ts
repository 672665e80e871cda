import { jsonFaultPosition } from '../../../../src/features/triage/json-fault.js';

export const MAX_INCIDENT_BYTES = 256 * 1024;

/** What is wrong with an incident; a place only where the text is no JSON. */
export interface IncidentFault {
  readonly message: string;
  /** In UTF-16 units, as the selection of a text area counts. */
  readonly position?: number;
  /** Counted from 1, the column in characters. */
  readonly line?: number;
  readonly column?: number;
}

export const incidentBytes = (text: string): number => new TextEncoder().encode(text).length;

/** The server's rules for an incident; undefined when it breaks none. */
export function incidentFault(text: string): IncidentFault | undefined {
  const bytes = incidentBytes(text);
  if (text.trim() === '') return { message: 'Paste the incident, or upload a file: a JSON object.' };
  if (bytes > MAX_INCIDENT_BYTES) {
    return { message: `The incident may have 256 KiB at most; this one has ${Math.ceil(bytes / 1024)} KiB.` };
  }
  if (!text.isWellFormed() || text.includes('\0')) {
    return { message: 'The incident must be well-formed Unicode without NUL.' };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
    return { message: `The incident must be a JSON object: { … }. This is ${kindOf(value)}.` };
  } catch {
    const position = jsonFaultPosition(text) ?? text.length;
    const { line, column } = placeOf(text, position);
    return {
      message: `Not valid JSON at line ${line}, column ${column}: ${foundAt(text, position)}`,
      position,
      line,
      column,
    };
  }
}

function placeOf(text: string, position: number): { line: number; column: number } {
  const lines = text.slice(0, position).split(/\r\n|\r|\n/);
  return { line: lines.length, column: Array.from(lines.at(-1)!).length + 1 };
}

function foundAt(text: string, position: number): string {
  const found = text.codePointAt(position);
  if (found === undefined) return 'the text ends too early.';
  if (text[position] === '"')
    return 'a text stands here that is not closed, holds a line break, or is in the wrong place.';
  if (/[\p{C}\p{Z}]/u.test(String.fromCodePoint(found))) {
    return `the character U+${found.toString(16).toUpperCase().padStart(4, '0')} does not belong here.`;
  }
  return `${String.fromCodePoint(found)} does not belong here.`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'string' ? 'a text' : 'a number';
}
