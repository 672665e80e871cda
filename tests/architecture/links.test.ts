import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../testkit/documents.js';

const root = path.resolve(import.meta.dirname, '../..');
const below = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
const pages = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'agent-image/README.md', 'sdk/README.md'],
  ...below('docs'),
];

/** As the readers of Markdown make them: small letters, hyphens for blanks, no other marks. */
const anchorsOf = (file: string): string[] =>
  [...readDocument(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

const links = pages.flatMap((file) =>
  [...readDocument(file).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => ({ file, target })),
);

/** Why a link leads nowhere. */
function faultOf({ file, target }: { readonly file: string; readonly target: string }): string | undefined {
  const [place = '', anchor] = target.split('#');
  const found = place === '' ? file : path.join(path.dirname(file), place);
  if (!existsSync(path.join(root, found))) return `there is no ${found}`;
  return anchor === undefined || anchorsOf(found).includes(anchor) ? undefined : `${found} has no heading #${anchor}`;
}

describe('the links of the documentation', () => {
  it('are found', () => {
    expect(links.length).toBeGreaterThan(100);
  });

  it.each(links)('lead somewhere: $file $target', (link) => {
    expect(faultOf(link)).toBeUndefined();
  });

  it.each([
    [{ file: 'README.md', target: 'docs/nothing.md' }, 'there is no docs/nothing.md'],
    [{ file: 'docs/tour.md', target: 'clusters.md#nothing' }, 'docs/clusters.md has no heading #nothing'],
  ])('would not pass to %j', (link, fault) => {
    expect(faultOf(link)).toBe(fault);
  });
});
