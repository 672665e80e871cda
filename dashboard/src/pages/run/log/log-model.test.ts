import { describe, expect, it } from '@jest/globals';
import { lineParsers } from '../../../../../sdk/src/renderer/index.js';
import { ByteStore } from './byte-store.js';
import type { LogMode } from './layout.js';
import { LogBytes, type LogPiece, type LogSource } from './log-bytes.js';
import { locateCitation } from './log-citation.js';
import { LogModel } from './log-model.js';
import { LogSearch } from './log-search.js';
import { pause } from './pause.js';

const MIB = 1024 * 1024;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A server's log; says what was asked for. */
class Log implements LogSource {
  readonly asked: number[] = [];
  constructor(readonly bytes: Uint8Array) {}
  async *follow(fromOffset: number): AsyncGenerator<LogPiece> {
    this.asked.push(fromOffset);
    for (let offset = fromOffset; offset < this.bytes.length; offset += 65_532) {
      yield { offset, bytes: this.bytes.slice(offset, offset + 65_532) };
    }
  }
}

const assistant = (...content: unknown[]): string => `${JSON.stringify({ type: 'assistant', message: { content } })}\n`;
const user = (...content: unknown[]): string => `${JSON.stringify({ type: 'user', message: { content } })}\n`;

/** Whole tool calls and results, numbered. */
const talk = (count: number): string =>
  Array.from({ length: count }, (_, number) =>
    [
      assistant({ type: 'text', text: `Step ${number}: I look at the pods.` }),
      assistant({
        type: 'tool_use',
        id: `t${number}`,
        name: 'Bash',
        input: { command: `kubectl get pod p-${number}` },
      }),
      user({
        type: 'tool_result',
        tool_use_id: `t${number}`,
        content: Array.from({ length: 20 }, (_each, line) => `line ${line} of "${number}"`).join('\n'),
      }),
    ].join(''),
  ).join('');

async function modelOf(
  log: Log,
  mode: LogMode = 'events',
  options: { columns?: number; blocks?: number; end?: boolean } = {},
) {
  const { columns = 80, blocks = 64, end = true } = options;
  const bytes = new LogBytes(log, new ByteStore(blocks));
  const model = new LogModel({ source: log, parse: lineParsers.CLAUDE_CODE, mode, columns, bytes });
  for await (const piece of log.follow(0)) model.take(piece);
  if (end) model.end();
  log.asked.length = 0;
  return model;
}

const allRows = async (model: LogModel) => model.rows(0, Infinity);
const texts = (rows: readonly { readonly text: string }[]): readonly string[] => rows.map(({ text }) => text);

async function counted(model: LogModel): Promise<void> {
  while (model.countedBytes < model.segments.size) await pause(5);
}

describe('LogModel', () => {
  it.each(['events', 'terminal', 'raw'] as const)('gives the same rows one by one as at once, %s', async (mode) => {
    const model = await modelOf(new Log(encode(talk(300))), mode);
    const all = await allRows(model);
    expect(model.segments.closed).toBeGreaterThan(2);
    expect(all.length).toBe(model.rowCount);
    for (let row = 0; row < all.length; row += 97) {
      expect(texts(await model.rows(row, 3))).toEqual(texts(all.slice(row, row + 3)));
    }
  });

  it('does not depend on how the bytes came', async () => {
    const bytes = encode(talk(60));
    const whole = await modelOf(new Log(bytes));
    const model = new LogModel({ source: new Log(bytes), parse: lineParsers.CLAUDE_CODE, mode: 'events', columns: 80 });
    for (let offset = 0; offset < bytes.length; offset += 777) {
      model.take({ offset, bytes: bytes.slice(offset, offset + 777) });
      if (offset % 7 === 0) expect(model.rowCount).toBeGreaterThanOrEqual(0);
    }
    model.end();
    expect(texts(await allRows(model))).toEqual(texts(await allRows(whole)));
  });

  it('opens what is closed, and closes it', async () => {
    const model = await modelOf(new Log(encode(talk(300))));
    const before = await allRows(model);
    const result = before.find(({ kind }) => kind === 'toolResult')!;
    expect(result.hidden).toBe(12);
    const key = `${result.offset}:${result.ordinal}`;
    await model.toggle(result.offset, key);
    expect(model.rowCount).toBe(before.length + 12);
    const opened = await allRows(model);
    expect(opened.filter(({ offset }) => offset === result.offset)).toHaveLength(20);
    expect(texts(opened.slice(-5))).toEqual(texts(before.slice(-5)));
    await model.toggle(result.offset, key);
    expect(texts(await allRows(model))).toEqual(texts(before));
  });

  it('counts anew for another width or mode, and is held to its own bytes', async () => {
    const log = new Log(encode(talk(3000)));
    const model = await modelOf(log, 'events', { blocks: 2 });
    const wide = await allRows(model);
    model.setLayout('events', 20);
    await counted(model);
    expect(model.rowCount).toBeGreaterThan(wide.length);
    model.setLayout('events', 80);
    await counted(model);
    expect(model.rowCount).toBe(wide.length);
    expect(texts(await model.rows(100, 50))).toEqual(texts(wide.slice(100, 150)));
    expect(log.asked.length).toBeGreaterThan(2);
    expect(model.bytes.heldBytes).toBe(2 * MIB);
  });

  it('shows a line of megabytes in parts, and goes on behind it', async () => {
    const model = await modelOf(
      new Log(encode(`${'x'.repeat(3.5 * MIB)}\n${assistant({ type: 'text', text: 'after' })}`)),
    );
    const rows = await allRows(model);
    expect(rows.at(-1)).toMatchObject({ kind: 'text', text: 'after' });
    expect(rows.every(({ text }) => text.length <= 80)).toBe(true);
    const raw = await modelOf(new Log(encode(`${'x'.repeat(3.5 * MIB)}\nend`)), 'raw');
    const all = await allRows(raw);
    expect(all.reduce((sum, { text }) => sum + text.length, 0)).toBe(3.5 * MIB + 3);
  });

  it('holds back the unfinished line of a live log while it may become an event', async () => {
    const text = assistant({ type: 'text', text: 'whole' });
    const live = new LogModel({
      source: new Log(encode('')),
      parse: lineParsers.CLAUDE_CODE,
      mode: 'events',
      columns: 80,
    });
    live.take({ offset: 0, bytes: encode(text.slice(0, 20)) });
    expect(live.rowCount).toBe(0);
    live.take({ offset: 20, bytes: encode(text.slice(20)) });
    live.take({ offset: text.length, bytes: encode('progress 10 %') });
    expect(texts(await allRows(live))).toEqual(['whole', 'progress 10 %']);
  });

  it('holds a log of nothing but newlines, or of nothing, without a row for each', async () => {
    expect((await modelOf(new Log(new Uint8Array(2 * MIB).fill(0x0a)))).rowCount).toBe(0);
    expect((await modelOf(new Log(new Uint8Array()))).rowCount).toBe(0);
  });
});

describe('LogSearch', () => {
  it.each(['events', 'terminal', 'raw'] as const)('counts every hit and leads to each, %s', async (mode) => {
    const model = await modelOf(new Log(encode(talk(300))), mode);
    const search = new LogSearch(model, 'GET POD P-');
    await search.advance();
    const count = search.count + (await search.tailCount());
    expect(count).toBe(mode === 'raw' ? 300 : 600);
    for (const number of [0, 1, 2, 299, count - 1]) {
      const found = await search.hit(number);
      const [row] = await model.rows(found!.row, 1);
      expect(row!.offset).toBe(found!.offset);
      expect(row!.text.toLowerCase()).toContain('get pod p-');
    }
  });

  it('finds what is hidden, and opens it', async () => {
    const model = await modelOf(new Log(encode(talk(30))));
    const search = new LogSearch(model, 'line 19 of "7"');
    await search.advance();
    expect(search.count + (await search.tailCount())).toBe(1);
    const found = await search.hit(0);
    expect((await model.rows(found!.row, 1))[0]!.text).toBe('line 19 of "7"');
    expect(await search.firstFrom(found!.offset)).toBe(0);
    expect(await search.firstFrom(found!.offset + 1)).toBe(1);
  });

  it('takes every character as itself', async () => {
    const text = 'a.b*c (d) [e] {f} ^$ | \\ / - +?';
    const model = await modelOf(new Log(encode(`${text}\n${text.replaceAll('.', 'x')}\n`)));
    const search = new LogSearch(model, text);
    await search.advance();
    expect(await search.tailCount()).toBe(1);
  });

  it('ends with a word at what is no longer kept', async () => {
    const log = new Log(encode(talk(3000)));
    const model = await modelOf(log, 'events', { blocks: 2 });
    await counted(model);
    log.follow = () => {
      throw new Error('This log is no longer kept.');
    };
    const search = new LogSearch(model, 'Step 1');
    await search.advance();
    await search.advance();
    expect(search.failure).toBe('This log is no longer kept.');
  });

  it('goes on as the log grows', async () => {
    const model = await modelOf(new Log(encode(talk(300))), 'events', { end: false });
    const search = new LogSearch(model, 'Step 1');
    await search.advance();
    const before = search.count + (await search.tailCount());
    model.take({
      offset: model.segments.size,
      bytes: encode(assistant({ type: 'text', text: 'Step 1 again' }) + talk(200)),
    });
    await search.advance();
    expect(search.count + (await search.tailCount())).toBe(before + 1 + 111);
  });
});

describe('locateCitation', () => {
  it.each(['events', 'terminal', 'raw'] as const)('leads to the cited bytes, as JSON wrote them, %s', async (mode) => {
    const text = talk(300);
    const bytes = encode(text);
    const cited = String.raw`line 17 of \"250\"`;
    const offset = encode(text.slice(0, text.indexOf(cited))).length;
    const model = await modelOf(new Log(bytes), mode);
    const found = await locateCitation(model, { offset, length: cited.length });
    const [row] = await model.rows(found!.row, 1);
    expect(row!.offset).toBe(found!.offset);
    if (mode === 'events') expect(row!.text).toBe('line 17 of "250"');
    if (mode === 'raw') expect(row!.text).toContain(cited.slice(0, 7));
  });

  it('is undefined for a place that the log does not have', async () => {
    const model = await modelOf(new Log(encode(talk(3))));
    expect(await locateCitation(model, { offset: 1e6, length: 3 })).toBeUndefined();
  });
});
