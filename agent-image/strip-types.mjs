// Usage: strip-types.mjs <source folder> <target folder>
// Writes each TypeScript source, tests aside, as JavaScript: types become blanks, so lines and columns stay the same.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

const [source, target] = process.argv.slice(2);
mkdirSync(target, { recursive: true });
writeFileSync(path.join(target, 'package.json'), '{ "type": "module" }\n');
for (const file of readdirSync(source)) {
  if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
  const code = stripTypeScriptTypes(readFileSync(path.join(source, file), 'utf8'));
  writeFileSync(path.join(target, file.replace(/\.ts$/, '.js')), code);
}
