import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_MODEL_PRICES } from './default-model-prices.js';
import { ConfigurationError, loadConfig } from './index.js';
import { readModelPrices } from './model-prices-file.js';

const PRICE = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'prices-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (content: unknown): string => {
  const file = path.join(folder, 'prices.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

describe('MODEL_PRICES_FILE', () => {
  it('takes the place of the built-in table', () => {
    const prices = { 'claude-*': PRICE, 'gpt-5.5': { ...PRICE, longPrompt: { above: 272_000, ...PRICE } } };
    expect(loadConfig({ MODEL_PRICES_FILE: fileWith(prices) }).modelPrices).toEqual(prices);
    expect(loadConfig({}).modelPrices).toBe(DEFAULT_MODEL_PRICES);
  });

  it.each([
    ['{', 'cannot be read'],
    [[], 'the file: must be an object'],
    [{ m: 1 }, 'm: '],
    [{ m: { ...PRICE, input: '2' } }, 'm → input: must be a number from 0 to 1000: USD for a million tokens'],
    [{ m: { ...PRICE, output: -1 } }, 'm → output: must be a number from 0 to 1000'],
    [{ m: { ...PRICE, output: 1001 } }, 'm → output: must be a number from 0 to 1000'],
    [{ m: { ...PRICE, reasoning: 1 } }, 'm: '],
    [{ m: { ...PRICE, longPrompt: { above: 0, ...PRICE } } }, 'm → longPrompt → above: must be 1 or more'],
    [{ 'a model': PRICE }, 'a model: must be the name of a model'],
    [{ 'a*b': PRICE }, 'a*b: must be the name of a model'],
  ])('refuses %j at the start, with its place', (content, fault) => {
    const load = (): unknown => loadConfig({ MODEL_PRICES_FILE: fileWith(content) });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow('MODEL_PRICES_FILE');
    expect(load).toThrow(fault);
  });

  it('refuses a file that is not there', () => {
    expect(() => loadConfig({ MODEL_PRICES_FILE: '/nowhere/prices.json' })).toThrow('cannot be read');
  });
});

describe('the built-in table', () => {
  it('would pass as a file, and has the default model of every AI agent', () => {
    expect(readModelPrices(fileWith(DEFAULT_MODEL_PRICES))).toEqual({ prices: DEFAULT_MODEL_PRICES });
    for (const model of ['claude-sonnet-5-5', 'gpt-5.5', 'gemini-2.5-pro', 'gpt-4.1']) {
      expect(DEFAULT_MODEL_PRICES).toHaveProperty([model]);
    }
  });
});
