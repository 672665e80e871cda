import type { RunId } from '../../kernel/ids.js';
import { SweptMap } from '../../kernel/swept-map.js';
import type { FailureKind } from './failures.js';

/** A CLI that is refused asks again some ten times a minute; one whose agent was talked into it, without end. */
export const MAX_REFUSED_A_MINUTE = 600;
const MINUTE_MS = 60_000;

/** What is refused for what the agent asks, not because something is away. */
const OWN_FAULT: ReadonlySet<FailureKind> = new Set<FailureKind>([
  ...(['notOffered', 'wrongKey', 'tooLarge', 'tooMuchAtOnce', 'encoded', 'notAllowed'] as const),
  ...(['limited', 'budgetSpent'] as const),
]);

/** Begins with a refusal. */
interface Minute {
  until: number;
  refused: number;
}

/** Bounds how much work a run can make with requests that are refused: beyond, none of it is read for the rest of a minute. */
export class RefusalBound {
  readonly #minutes = new SweptMap<RunId, Minute>(({ until }) => performance.now() < until);

  /** Seconds until the run is heard again, at least 1; undefined while it is. */
  closedFor(runId: RunId): number | undefined {
    const minute = this.#minutes.get(runId);
    if (minute === undefined || minute.refused < MAX_REFUSED_A_MINUTE) return undefined;
    const left = minute.until - performance.now();
    return left <= 0 ? undefined : Math.ceil(left / 1_000);
  }

  /** True for the refusal that is the last one of its minute to be looked at. */
  refused(runId: RunId, kind: FailureKind): boolean {
    if (!OWN_FAULT.has(kind)) return false;
    const now = performance.now();
    const minute = this.#minutes.getOrAdd(runId, () => ({ until: now + MINUTE_MS, refused: 0 }));
    if (minute.until <= now) Object.assign(minute, { until: now + MINUTE_MS, refused: 0 });
    minute.refused += 1;
    return minute.refused === MAX_REFUSED_A_MINUTE;
  }
}
