import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const document = readFileSync(path.join(root, 'docs/specification.md'), 'utf8');

/** Rows of the form `| id | what | lives in | proven by |`. */
const rows = document
  .split('\n')
  .filter((line) => /^\| [A-Z]+[-0-9]/.test(line))
  .map((line) => {
    const [id = '', what = '', livesIn = '', provenBy = ''] = line
      .split(' | ')
      .map((cell) => cell.replace(/^\| | \|$/g, ''));
    return { id, what, livesIn, provenBy };
  });
const proofs = rows.flatMap(({ id, provenBy }) =>
  [...provenBy.matchAll(/`([^`]+) › ([^`]+)`/g)].map(([, file = '', title = '']) => ({ id, file, title })),
);

/** What lets a test pass without what it says, or not run at all. */
const LEFT_OUT =
  /\b(it|test|describe)(\.\w+)*\.(skip|todo|only|failing)\b|(?<!expect\()\b(x(it|test|describe)|f(it|describe))\b\s*[.(]|^\s*skip\b/m;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('docs/specification.md', () => {
  it('has every id once', () => {
    const ids = rows.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('names a proof or a measurement or says open, in each row', () => {
    const isSaid = /`[^`]+ › [^`]+`|\*\*open\*\*|^measured: `npm run bench -- --only [a-z-]+`$/;
    expect(rows.filter(({ provenBy }) => !isSaid.test(provenBy))).toEqual([]);
  });

  it('names only groups of the benchmark that exist', () => {
    const groups = rows.flatMap(
      ({ provenBy }) => /^measured: `npm run bench -- --only (.+)`$/.exec(provenBy)?.[1] ?? [],
    );
    expect(groups.filter((group) => !existsSync(path.join(root, 'bench', group)))).toEqual([]);
  });

  it.each(proofs)('$id: $file has the test "$title"', ({ file, title }) => {
    expect(existsSync(path.join(root, file))).toBe(true);
    const source = readFileSync(path.join(root, file), 'utf8');
    const call = file.endsWith('.bats') ? '@test ' : String.raw`\b(?:it|test)(?:\.each\([\s\S]*?\))?\(\s*`;
    expect(source).toMatch(new RegExp(`${call}['"\`]${escaped(title)}['"\`]`));
    expect(source).not.toMatch(LEFT_OUT);
  });

  it.each([
    'it.skip(',
    'it.failing(',
    'test.concurrent.only(',
    'it.failing.each(',
    'xtest(',
    'xit.each(',
    'fdescribe(',
    '  skip "no"',
  ])('would not take %j for a test', (call) => {
    expect(call).toMatch(LEFT_OUT);
  });

  it('names only places that exist', () => {
    const places = rows.flatMap(({ livesIn }) => [...livesIn.matchAll(/`([^`]+)`/g)].map(([, place = '']) => place));
    expect(places.filter((place) => !existsSync(path.join(root, place)))).toEqual([]);
  });
});
