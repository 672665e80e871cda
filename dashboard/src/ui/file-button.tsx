import { useRef } from 'react';
import { Button } from './button.js';

/** Lets a text file be chosen. */
export function FileButton({
  label,
  accept,
  maxBytes,
  onText,
  onTooLarge,
}: {
  readonly label: string;
  /** Endings and types that the browser offers first. */
  readonly accept: string;
  /** A larger file is not read. */
  readonly maxBytes: number;
  readonly onText: (text: string) => void;
  readonly onTooLarge: (bytes: number) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const take = async (chosen: HTMLInputElement): Promise<void> => {
    const [file] = chosen.files ?? [];
    // The same file may be chosen again, once it was changed.
    chosen.value = '';
    if (!file) return;
    if (file.size > maxBytes) onTooLarge(file.size);
    else onText(await file.text());
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={(event) => void take(event.currentTarget)}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
}
