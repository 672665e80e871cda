import { describe, expect, it } from '@jest/globals';
import { systemPrompt } from './system-prompt.js';

const agent = { name: 'Research Assistant', role: 'researcher', description: 'Finds things out.', tools: [] };

describe('systemPrompt', () => {
  it('combines role, tools and task', () => {
    const tools = [
      { name: 'web_search', description: 'Search the web' },
      { name: 'calculator', description: ' ' },
    ];
    expect(systemPrompt({ agent: { ...agent, tools }, task: 'Find it\nquickly' })).toBe(
      `You are Research Assistant. Your role: researcher.
Finds things out.

Your tools:
- web_search: Search the web
- calculator

Your task:
Find it
quickly`,
    );
  });

  it('says when there are no tools, and leaves an empty description out', () => {
    expect(systemPrompt({ agent: { ...agent, description: '' }, task: 'x' })).toBe(
      `You are Research Assistant. Your role: researcher.

You have no tools: answer from what you know.

Your task:
x`,
    );
  });

  it('keeps the lines of a description from looking like further tools', () => {
    const tools = [{ name: 'a', description: 'one\n- b: two\r\n- c: three' }];
    expect(systemPrompt({ agent: { ...agent, tools }, task: 'x' })).toContain('- a: one\n  - b: two\n  - c: three');
  });
});
