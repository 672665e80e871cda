/**
 * Whether Goose asks for this model of OpenAI's with Responses, and not with Chat Completions: where `o3`, `gpt-5` and the like are
 * a part of its name. tests/e2e/model-aliases.test.ts holds this to the real CLI.
 */
export function speaksResponses(model: string): boolean {
  const parts = model.toLowerCase().split(/[-/]/);
  return parts.some((part, at) => /^o\d+$/.test(part) || (part === 'gpt' && /^[56](\.|$)/.test(parts[at + 1] ?? '')));
}
