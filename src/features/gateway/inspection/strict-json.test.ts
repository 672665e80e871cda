import { describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { MODEL_CALL_CORPUS } from '../../../../tests/testkit/model-call-corpus/index.js';
import { PROTOCOLS, urlBelowPrefix } from '../provider-protocols.js';
import { NotStrictJson, parseStrictJson } from './strict-json.js';

/** The same numbers for the same seed, so that a failure can be looked at. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Draw = ReturnType<typeof chance>;

/** One of the ways to write a text in JSON. */
const written = (text: string, draw: Draw): string =>
  `"${Array.from(text)
    .map((letter) => {
      const escaped = JSON.stringify(letter).slice(1, -1);
      return draw(6) > 0 || letter.length > 1 ? escaped : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
    })
    .join('')}"`;

const space = (draw: Draw): string => ['', '', ' ', '\n', '\t', '\r\n'][draw(6)]!;

/** The value in one of the ways to write it, its members in any order. */
function rewritten(value: unknown, draw: Draw): string {
  const gap = () => space(draw);
  if (typeof value === 'string') return written(value, draw);
  if (Array.isArray(value)) return `[${value.map((each) => gap() + rewritten(each, draw) + gap()).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map((member) => ({ member, rank: draw(1000) }));
  members.sort((a, b) => a.rank - b.rank);
  return `{${members.map(({ member: [name, each] }) => `${gap()}${written(name, draw)}${gap()}:${gap()}${rewritten(each, draw)}`).join()}}`;
}

const NAMES = [
  'a',
  'b',
  'type',
  '__proto__',
  'constructor',
  '"',
  '\\',
  ':',
  '{',
  'ü',
  '0',
  '',
  'x'.repeat(70),
  '\\"'.repeat(40),
];

/** Some object, and whether it has a name twice anywhere. */
function someObject(draw: Draw, depth = 0): { text: string; twice: boolean } {
  let twice = false;
  const inner = (): string => {
    const kind = depth > 4 ? 2 + draw(4) : draw(6);
    if (kind === 0) {
      const object = someObject(draw, depth + 1);
      twice ||= object.twice;
      return object.text;
    }
    if (kind === 1) return `[${Array.from({ length: draw(3) }, inner).join()}]`;
    return [written(NAMES[draw(NAMES.length)]!, draw), '-1.5e3', 'null', 'true'][kind - 2]!;
  };
  const names = Array.from({ length: draw(4) }, () => NAMES[draw(NAMES.length)]!);
  const text = `{${names.map((name) => `${written(name, draw)}${space(draw)}:${inner()}`).join()}}`;
  return { text, twice: twice || new Set(names).size < names.length };
}

const isStrict = (body: Buffer | string): boolean => {
  try {
    parseStrictJson(Buffer.from(body));
    return true;
  } catch (error) {
    if (error instanceof NotStrictJson) return false;
    throw error;
  }
};

const inspect = (path: string, body: Buffer) => {
  const provider = path.split('/')[1] as keyof typeof PROTOCOLS;
  return PROTOCOLS[provider].allowedCall('POST', urlBelowPrefix(provider, path)!)!.inspect(body, new Set());
};

describe('parseStrictJson', () => {
  it('takes an object exactly when no name stands in it twice, however it is written', () => {
    const draw = chance(1);
    const seen = { true: 0, false: 0 };
    for (let round = 0; round < 20_000; round++) {
      const { text, twice } = someObject(draw);
      expect([text, isStrict(text)]).toEqual([text, !twice]);
      seen[`${twice}`]++;
    }
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(1500);
  });

  it('reads names in escapes, also those that V8 takes for names that it met before', () => {
    for (const name of ['\\\\', '\\\\u00', '\\\\u0']) JSON.parse(`{"a":1,"${name}":2}`);
    expect(parseStrictJson(Buffer.from('{"a":1,"\\u00fc":2}'))).toEqual({ a: 1, ü: 2 });
    expect(parseStrictJson(Buffer.from('{"a":1,"\\u006fne":2}'))).toEqual({ a: 1, one: 2 });
    expect(isStrict('{"a":1,"\\u0061":2}')).toBe(false);
  });

  it('finds the end of every string, however many quotes and backslashes it holds', () => {
    const draw = chance(2);
    for (let round = 0; round < 5000; round++) {
      const text = Array.from(
        { length: draw(300) },
        () => ['\\', '"', ':', 'a'.repeat(draw(90)), ',', '{'][draw(6)],
      ).join('');
      expect(parseStrictJson(Buffer.from(JSON.stringify({ [text]: text, b: 1 })))).toEqual({ [text]: text, b: 1 });
    }
  });
});

describe('the corpus', () => {
  const bodies = MODEL_CALL_CORPUS.flatMap(({ path, hostile, benign }) => [
    ...hostile.map(({ body, place }) => ({ path, body: body.toString(), place })),
    ...Object.values(benign).map((body) => ({ path, body, place: undefined })),
  ]);

  it('is judged the same however it is written', () => {
    const draw = chance(3);
    for (const { path, body, place } of bodies) {
      for (let round = 0; round < 20; round++) {
        const other = Buffer.from(rewritten(JSON.parse(body), draw));
        const judged = inspect(path, other);
        if (place === undefined) expect(judged).toBe(other);
        else expect(judged).toMatchObject({ kind: 'notAllowed', message: expect.stringContaining('`') });
      }
    }
  });

  it('holds for another reader what it holds for ours, whatever bytes are damaged', () => {
    const draw = chance(4);
    let passed = 0;
    for (const { path, body } of bodies) {
      for (let round = 0; round < 60; round++) {
        const damaged = Buffer.from(body);
        for (let count = 1 + draw(2); count > 0; count--) {
          const at = draw(damaged.length);
          damaged[at] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d, 0, 0xff, damaged[draw(damaged.length)]!][draw(9)]!;
        }
        if (!Buffer.isBuffer(inspect(path, damaged))) continue;
        passed++;
        // YAML 1.2 holds JSON; this reader shares no code with ours and refuses a name that comes twice.
        expect(parseYaml(damaged.toString(), { schema: 'json', uniqueKeys: true, strict: true })).toEqual(
          parseStrictJson(damaged),
        );
      }
    }
    expect(passed).toBeGreaterThan(50);
  });
});
