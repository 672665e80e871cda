import { IconButton } from './button.js';
import { CopyIcon } from './icons.js';
import { useAnnounce } from './toast.js';

/** Puts `text` on the clipboard; `what` names it. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const announce = useAnnounce();
  const copy = async (): Promise<void> => {
    try {
      // There is no clipboard on a page that came by plain HTTP from another machine.
      await navigator.clipboard.writeText(text);
      announce(`${what} copied.`);
    } catch {
      announce(`The browser did not let ${what} be copied: select it and copy it by hand.`, 'bad');
    }
  };
  return <IconButton label={`Copy ${what}`} icon={<CopyIcon />} onClick={() => void copy()} />;
}
