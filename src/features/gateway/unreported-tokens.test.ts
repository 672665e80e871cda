import { expect, it } from '@jest/globals';
import { NO_TOKENS } from '../usage/index.js';
import { unreportedTokens } from './unreported-tokens.js';

const CUT = { bodyBytes: 1000, answerBytes: 4000, seconds: 2, tokens: undefined };

it.each([
  ['by its bytes when nothing was reported', CUT, 500 + 1000],
  ['by its time when it sent little', { ...CUT, answerBytes: 40 }, 500 + 200],
  ['without its request where the prompt was reported', { ...CUT, tokens: { ...NO_TOKENS, cacheReadTokens: 7 } }, 1000],
  ['less what was reported', { ...CUT, tokens: { ...NO_TOKENS, outputTokens: 300, reasoningTokens: 100 } }, 500 + 600],
  ['never below nothing', { ...CUT, tokens: { ...NO_TOKENS, inputTokens: 1, outputTokens: 2000 } }, 0],
  ['in whole tokens', { ...CUT, bodyBytes: 1, answerBytes: 0, seconds: 0 }, 1],
])('a generation that was cut is estimated %s', (_, call, tokens) => {
  expect(unreportedTokens(call)).toBe(tokens);
});
