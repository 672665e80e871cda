type Scalar = string | number | boolean;
export interface TomlTable {
  readonly [name: string]: Scalar | TomlTable;
}

const keyOf = (name: string): string => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));

/** Tables of scalars, as deep as they are; arrays and dates are not needed. */
export function toml(table: TomlTable, path: readonly string[] = []): string {
  const entries = Object.entries(table);
  const scalars = entries.flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [`${keyOf(name)} = ${JSON.stringify(value)}\n`],
  );
  const tables = entries.flatMap(([name, value]) =>
    typeof value === 'object' ? [toml(value, [...path, keyOf(name)])] : [],
  );
  const header = path.length > 0 && scalars.length > 0 ? `\n[${path.join('.')}]\n` : '';
  return header + scalars.join('') + tables.join('');
}
