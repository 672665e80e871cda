import { describe, expect, it } from '@jest/globals';
import { incidentBytes, incidentFault, MAX_INCIDENT_BYTES } from './incident-check.js';

describe('incidentFault', () => {
  it('finds none in a JSON object', () => {
    expect(incidentFault('{ "alert": "KubePodCrashLooping", "labels": { "pod": "a\\u00e9" } }')).toBeUndefined();
  });

  it.each([
    ['{\n  "a": 1,\n  b: 2\n}', 3, 3, 'b does not belong here.'],
    ['{\r\n"a": }', 2, 6, '} does not belong here.'],
    ['{"😀": x}', 1, 7, 'x does not belong here.'],
    ['{"a": 1', 1, 8, 'the text ends too early.'],
    ['{"a":\u00a01}', 1, 6, 'the character U+00A0 does not belong here.'],
    ['{"a": "b\nc"}', 1, 7, 'a text stands here that is not closed, holds a line break, or is in the wrong place.'],
  ])('names line and column of the first fault of %j', (text, line, column, found) => {
    expect(incidentFault(text)).toMatchObject({
      line,
      column,
      message: `Not valid JSON at line ${line}, column ${column}: ${found}`,
    });
  });

  it('points at the place in the units of a text area', () => {
    expect(incidentFault('{"😀": x}')).toMatchObject({ position: 7 });
  });

  it.each([
    ['[]', 'a list'],
    ['null', 'null'],
    ['"x"', 'a text'],
    ['1', 'a number'],
    ['true', 'true or false'],
  ])('wants an object, not %s', (text, kind) => {
    expect(incidentFault(text)?.message).toBe(`The incident must be a JSON object: { … }. This is ${kind}.`);
  });

  it('counts bytes, not characters', () => {
    const around = '{"a":""}'.length;
    const full = `{"a":"${'é'.repeat((MAX_INCIDENT_BYTES - around) / 2)}"}`;
    expect(incidentBytes(full)).toBe(MAX_INCIDENT_BYTES);
    expect(incidentFault(full)).toBeUndefined();
    expect(incidentFault(`${full} `)?.message).toMatch(/256 KiB at most; this one has 257 KiB/);
  });

  it('refuses what the server cannot keep', () => {
    expect(incidentFault('{"a":"\ud800"}')?.message).toMatch(/well-formed Unicode/);
    expect(incidentFault('{"a":"\0"}')?.message).toMatch(/without NUL/);
    expect(incidentFault('  \n')?.message).toMatch(/Paste the incident/);
  });
});
