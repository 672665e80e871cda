import { describe, expect, it, jest } from '@jest/globals';
import { MockModelAdapter } from './mock-model-adapter.js';
import type { ModelRequest } from './model-adapter.js';

const search = { name: 'web_search', description: 'Search the web' };
const calculator = { name: 'calculator', description: 'Calculate' };
const agent = {
  name: 'Research Assistant',
  role: 'researcher',
  description: 'Finds things out',
  tools: [search, calculator],
};
const request: ModelRequest = { model: 'gpt-4o', agent, task: 'Find information about Python', systemPrompt: '' };
const answer = (changes: Partial<ModelRequest> = {}) => new MockModelAdapter().complete({ ...request, ...changes });

describe('MockModelAdapter', () => {
  it('answers as the agent, with its tools, and says that it is simulated', async () => {
    const text = await answer();
    for (const part of [
      'Simulated',
      'gpt-4o',
      'Research Assistant',
      'researcher',
      'web_search',
      'calculator',
      'Python',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('answers the same to the same, at any time and in any instance', async () => {
    const first = await answer();
    jest.useFakeTimers({ now: new Date('2040-01-01') });
    const later = await answer();
    jest.useRealTimers();
    expect(later).toBe(first);
    expect(await answer({ agent: structuredClone(agent) })).toBe(first);
  });

  it('always gives this very answer, so that a release does not change it unseen', async () => {
    expect(await answer()).toBe(EXPECTED);
  });

  it('does not depend on the order of the tools, nor on anything but their names and descriptions', async () => {
    const tools = [
      { ...calculator, id: 'x' },
      { ...search, id: 'y' },
    ];
    expect(await answer({ agent: { ...agent, tools } })).toBe(await answer());
  });

  it.each<[string, Partial<ModelRequest>]>([
    ['the model', { model: 'gpt-4' }],
    ['the task', { task: 'Find information about Perl' }],
    ['the end of a long task', { task: `${'x'.repeat(500)}!` }],
    ["the agent's name", { agent: { ...agent, name: 'Other' } }],
    ["the agent's role", { agent: { ...agent, role: 'critic' } }],
    ["the agent's description", { agent: { ...agent, description: '' } }],
    ['the tools', { agent: { ...agent, tools: [search] } }],
    ["a tool's description", { agent: { ...agent, tools: [search, { ...calculator, description: '' }] } }],
  ])('gives another answer when %s differs', async (_, changes) => {
    expect(await answer(changes)).not.toBe(await answer());
    if (changes.task) expect(await answer(changes)).not.toBe(await answer({ task: `${changes.task.slice(0, -1)}?` }));
  });

  it('quotes the beginning of a long task, cutting no character apart', async () => {
    const text = await answer({ task: '😀'.repeat(10_000) });
    expect(text).toContain(`${'😀'.repeat(200)}…`);
    expect(text.length).toBeLessThan(1_000);
    expect(text.isWellFormed()).toBe(true);
  });

  it('says when there are no tools', async () => {
    expect(await answer({ agent: { ...agent, tools: [] } })).toContain('I have no tools');
  });
});

const EXPECTED = `Simulated answer of gpt-4o: I am Research Assistant, researcher.
My task: Find information about Python
My tools:
1. I gather details with calculator.
2. I gather details with web_search.
What was found answers the task; nothing contradicts it.
(f76fb388c2fb6e4e)`;
