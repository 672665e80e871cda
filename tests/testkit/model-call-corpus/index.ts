import { ANTHROPIC } from './anthropic.js';
import { GOOGLE } from './google.js';
import { OPENAI_CHAT } from './openai-chat.js';
import { OPENAI_RESPONSES } from './openai-responses.js';
import type { CallCorpus } from './corpus.js';

export type { CallCorpus, HostileCall } from './corpus.js';

/** For each call that generates something: what may not pass, and what must. */
export const MODEL_CALL_CORPUS: readonly CallCorpus[] = [ANTHROPIC, OPENAI_RESPONSES, OPENAI_CHAT, GOOGLE];
