import { badUserInput } from '../../kernel/errors.js';

/** 1 to 100 characters, without control characters, trimmed. */
export function instanceName(path: string, text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 100 || /\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw badUserInput(path, 'A name has 1 to 100 characters and no control characters.');
  }
  return name;
}

/** As the CLIs write them: `sonnet`, `claude-sonnet-4-20250514`, `sonnet[1m]`, `openai/gpt-4.1`. */
export function modelName(path: string, text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:/@[\]-]{0,127}$/.test(text)) return text;
  throw badUserInput(
    path,
    'A model is named by 1 to 128 letters, digits and . _ : / @ [ ] -, the first a letter or digit.',
  );
}
