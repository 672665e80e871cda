import { readFile } from 'node:fs/promises';
import { SECURITY_ROWS } from '../tests/faults/security-rows.mjs';

/** Columns as wide as their widest cell, in Markdown. */
function table(head, rows) {
  const lines = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const draw = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [first, ...rest] = lines;
  return [draw(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(draw)].join('\n');
}

/** Of the file to which each row of the fault suite adds a line of JSON; empty when none ran. */
export async function faultTable(file) {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  if (lines.length === 0) return '';
  const head = ['fault', 'expected', 'injected', 'log bytes', 'ends', 'calls', 'containers', 'seconds', 'result'];
  const rows = lines.map((line) => {
    const { row, expected, injected, counts, seconds, passed } = JSON.parse(line);
    const four = counts ? [counts.bytes, counts.ends, counts.calls, counts.containers] : ['?', '?', '?', '?'];
    return [row, expected, injected, ...four, seconds.toFixed(1), passed ? 'passed' : 'FAILED'];
  });
  return table(head, rows);
}

/**
 * @param {readonly { file: string, name: string, passed: boolean }[]} results of tests that ran, by their file and full name.
 */
export function securityTable(results) {
  const rows = SECURITY_ROWS.flatMap(({ threat, shownBy }) =>
    shownBy.map((reference, index) => [index === 0 ? threat : '', reference, outcomeOf(reference, results)]),
  );
  return table(['threat', 'shown by', 'result'], rows);
}

function outcomeOf(reference, results) {
  const [file, part = ''] = reference.split(' › ');
  const meant = results.filter((result) => result.file === file && result.name.includes(part));
  const failed = meant.filter(({ passed }) => !passed).length;
  if (meant.length === 0) return 'did not run';
  return failed > 0 ? `${failed} of ${meant.length} FAILED` : `${meant.length} passed`;
}
