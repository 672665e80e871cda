import { asObject, countIn, firstObject, type Json } from '../json-values.js';
import { usageReaderOf, type Findings } from '../usage-reader.js';

/**
 * A whole answer or a piece of a streamed one: both say the same in the same places. The figures of a later piece replace
 * those of an earlier one. The prompt's count includes what was read from the cache; thoughts are told apart from the
 * candidates. A stream has no closing mark: it is whole with the piece that has a reason for its end.
 */
function takeAnswer(answer: Json | undefined, findings: Findings): void {
  if (typeof answer?.modelVersion === 'string') findings.model = answer.modelVersion;
  const usage = asObject(answer?.usageMetadata);
  if (usage) {
    const count = (name: string): number => countIn(usage, name) ?? 0;
    const prompt = count('promptTokenCount');
    const cacheReadTokens = Math.min(count('cachedContentTokenCount'), prompt);
    findings.tokens = {
      inputTokens: Math.min(prompt - cacheReadTokens + count('toolUsePromptTokenCount'), Number.MAX_SAFE_INTEGER),
      outputTokens: count('candidatesTokenCount'),
      cacheReadTokens,
      cacheWriteTokens: 0,
      reasoningTokens: count('thoughtsTokenCount'),
    };
  }
  if (asObject(answer?.error)) findings.failed = true;
  const isLast = firstObject(answer?.candidates)?.finishReason ?? asObject(answer?.promptFeedback)?.blockReason;
  if (typeof isLast === 'string') findings.complete = true;
}

/** For `:generateContent` and `:streamGenerateContent`, the latter as events or as one JSON array. */
export const generateUsageReader = usageReaderOf(
  ({ data }, findings, parse) => takeAnswer(parse(data), findings),
  takeAnswer,
);
