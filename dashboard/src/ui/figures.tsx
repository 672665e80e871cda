import { useSyncExternalStore } from 'react';

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all ages on the page. */
function subscribeToClock(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since 1970, anew each second. */
export const useNow = (): number =>
  useSyncExternalStore(subscribeToClock, () =>
    timer === undefined ? (now = Math.floor(Date.now() / 1_000) * 1_000) : now,
  );

/** `45 s`, `12 min`, `3 h`, `5 d`. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `2:05`, `1:02:05`: how long something took. */
export function exactDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const two = (figure: number) => String(figure).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** An instant in the words of this browser's place. */
export const localTime = (at: string): string => exact.format(new Date(at));

/** How long ago; the instant itself as a tooltip. */
export function RelativeTime({ at }: { readonly at: string }) {
  const age = useNow() - Date.parse(at);
  return (
    <time dateTime={at} title={localTime(at)}>
      {age < 5_000 ? 'just now' : `${shortDuration(age)} ago`}
    </time>
  );
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en');

/** A number of tokens, `12.3K`; the whole number as a tooltip. */
export function Tokens({ count }: { readonly count: number }) {
  return <span title={`${whole.format(count)} tokens`}>{compact.format(count)}</span>;
}

/** An exact decimal of US dollars, as the API gives it; null where no price is known. */
export function Money({ usd }: { readonly usd: string | null }) {
  if (usd === null) return <span title="The server has no price for this model.">–</span>;
  const amount = Number(usd);
  const digits = amount !== 0 && amount < 0.01 ? 4 : 2;
  return <span title={`$${usd}, estimated by the operator's prices`}>${amount.toFixed(digits)}</span>;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

/** `512 B`, `1.4 MiB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]!}`;
}
