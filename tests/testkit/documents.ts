import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface FencedBlock {
  readonly file: string;
  /** Of the first line of its text, from 1 on. */
  readonly line: number;
  readonly language: string;
  /** The one that it stands below, without its marks. */
  readonly heading: string;
  /** What a comment on the line before says of it: `<!-- run -->`. */
  readonly mark: string | undefined;
  readonly text: string;
}

/** Reads a file of the repository. */
export const readDocument = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The fenced blocks of a Markdown file of the repository. */
export function fencedBlocks(file: string): FencedBlock[] {
  const source = readDocument(file);
  const found = source.matchAll(/(?:^<!-- (?<mark>[^\n]+) -->\n)?^```(?<language>\w*)\n(?<text>[^]*?)^```$/gm);
  return [...found].map(({ index, 0: whole, groups }) => {
    const { mark, language = '', text = '' } = groups ?? {};
    const before = source.slice(0, index + whole.indexOf('```'));
    const heading = [...before.matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? '';
    return { file, line: before.split('\n').length + 1, language, heading, mark, text };
  });
}

/** The one block with that mark. */
export function markedBlock(file: string, mark: string): string {
  const blocks = fencedBlocks(file).filter((block) => block.mark === mark);
  if (blocks.length !== 1) throw new Error(`${file} has ${blocks.length} blocks marked "${mark}"; it should have one.`);
  return blocks[0]!.text;
}
