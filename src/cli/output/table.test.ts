import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { HOSTILE_TEXTS, OBEYED, SGR } from '../../../tests/testkit/hostile-texts.js';
import { fit } from './cell.js';
import { safeJson } from './json.js';
import { renderFields, renderTable, type Column } from './table.js';

interface Thing {
  readonly name: string;
  readonly size: number;
}

const columns: readonly Column<Thing>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'SIZE', cell: ({ size }) => `${size} B`, exact: ({ size }) => String(size), align: 'right' },
  { head: 'KIND', cell: () => 'thing', paint: () => 'green' },
];
const onTerminal = { isTerminal: true, colour: false };
const piped = { isTerminal: false, colour: false };

describe('renderTable', () => {
  it('aligns columns by what they take on a terminal', () => {
    const rows = ['plain', '日本語', '👩‍👩‍👧 family', 'naïve'].map((name, size) => ({ name, size }));
    expect(renderTable(rows, columns, onTerminal)).toBe(
      [
        'NAME       SIZE  KIND\n',
        'plain       0 B  thing\n',
        '日本語      1 B  thing\n',
        '👩‍👩‍👧 family   2 B  thing\n',
        'naïve       3 B  thing\n',
      ].join(''),
    );
  });

  it('puts tabs between exact values for programs', () => {
    expect(renderTable([{ name: 'a b', size: 7 }], columns, piped)).toBe('NAME\tSIZE\tKIND\na b\t7\tthing\n');
    expect(renderTable([], columns, piped)).toBe('NAME\tSIZE\tKIND\n');
  });

  it('paints heads and cells where colours are wanted, and aligns them all the same', () => {
    const table = renderTable([{ name: 'a', size: 1 }], columns, { isTerminal: true, colour: true });
    expect(table).toContain('\x1b[32mthing\x1b[0m');
    expect(table.replace(SGR, '').replaceAll(/ +$/gm, '')).toBe(
      renderTable([{ name: 'a', size: 1 }], columns, onTerminal),
    );
  });

  it.each(HOSTILE_TEXTS)('shows %j on its line, in its column, and lets the terminal obey nothing of it', (name) => {
    for (const options of [onTerminal, piped, { isTerminal: true, colour: true }]) {
      const table = renderTable([{ name, size: 1 }, { name: 'x', size: 2 }], columns, options); // prettier-ignore
      expect(table.split('\n')).toHaveLength(4);
      expect(table.replace(SGR, '')).not.toMatch(OBEYED);
      const [head, first, second] = table.replace(SGR, '').split('\n');
      if (!options.isTerminal) expect([head, first, second].map((line) => line!.split('\t').length)).toEqual([3, 3, 3]);
      else expect(new Set([first, second].map((line) => stringWidth(line!))).size).toBe(1);
    }
  });

  it('cuts what is very long, on a terminal alone', () => {
    const name = 'w'.repeat(5000);
    expect(renderTable([{ name, size: 1 }], columns, onTerminal).split('\n')[1]).toHaveLength(
      60 + '   1 B  thing'.length,
    );
    expect(renderTable([{ name, size: 1 }], columns, piped)).toContain(name);
  });
});

describe('fit', () => {
  it('cuts between characters, by the columns they take', () => {
    expect(fit('日本語', 6)).toBe('日本語');
    expect(fit('日本語', 5)).toBe('日本…');
    expect(fit('日本語', 4)).toBe('日…');
    expect(fit('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  });
});

describe('renderFields', () => {
  it('leaves out what there is not, and no value gets another line', () => {
    const fields = [['name', 'a\nb'], ['started', undefined], ['id', '7']] as const; // prettier-ignore
    expect(renderFields(fields, onTerminal)).toBe('name  a␊b\nid    7\n');
    expect(renderFields(fields, piped)).toBe('name\ta␊b\nid\t7\n');
  });
});

describe('safeJson', () => {
  it.each(HOSTILE_TEXTS)('writes %j as JSON that a terminal does not obey', (text) => {
    const json = safeJson({ [text]: text }, 2);
    expect(json).not.toMatch(OBEYED);
    expect(JSON.parse(json)).toEqual({ [text]: text });
  });

  it('writes an event although what an agent put into it nests without end', () => {
    const input: unknown = JSON.parse('['.repeat(300_000) + ']'.repeat(300_000));
    const json = safeJson({ kind: 'toolCall', tool: 'Bash\u009b', input });
    expect(json).not.toMatch(OBEYED);
    expect(JSON.parse(json)).toEqual({ kind: 'toolCall', tool: 'Bash\u009b', input: '[nested too deeply]' });
  });
});
