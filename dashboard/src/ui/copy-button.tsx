import { IconButton } from './button.js';
import { CopyIcon } from './icons.js';
import { useAnnounce } from './toast.js';

/** Puts `text` on the clipboard; `what` names it. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const announce = useAnnounce();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => announce(`${what} copied.`),
      () => announce(`The browser did not let ${what} be copied: select it and copy it by hand.`, 'bad'),
    );
  return <IconButton label={`Copy ${what}`} icon={<CopyIcon />} onClick={() => void copy()} />;
}
