import { describe, expect, it } from '@jest/globals';
import { apiModel } from './api-model.js';

describe('apiModel', () => {
  it.each([
    ['CLAUDE_CODE', 'anthropic', 'sonnet', 'claude-sonnet-5-5'],
    ['CLAUDE_CODE', 'anthropic', 'opus[1m]', 'claude-opus-5-5'],
    ['CLAUDE_CODE', 'anthropic', 'claude-sonnet-4-20250514', 'claude-sonnet-4-20250514'],
    ['CLAUDE_CODE', 'anthropic', 'constructor', 'constructor'],
    ['CODEX_CLI', 'openai', 'gpt-5.5', 'gpt-5.5'],
    ['GEMINI_CLI', 'google', 'pro', 'gemini-3.1-pro-preview'],
    ['GEMINI_CLI', 'google', 'models/gemini-pro', 'gemini-pro'],
    ['OPENCODE', 'openai', 'openai/gpt-4.1', 'gpt-4.1'],
    ['OPENCODE', 'openai', 'meta/llama', 'meta/llama'],
    ['GOOSE', 'openai', 'openai/gpt-4.1', 'openai/gpt-4.1'],
    ['GOOSE', 'openai', 'gpt-5.5-high', 'gpt-5.5'],
    ['GOOSE', 'anthropic', 'gpt-5.5-high', 'gpt-5.5-high'],
  ] as const)('of %s at %s: %s is %s', (aiAgent, provider, configured, sent) => {
    expect(apiModel(aiAgent, provider, configured)).toBe(sent);
  });
});
