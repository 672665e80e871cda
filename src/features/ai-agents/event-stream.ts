import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { jsonEvent, jsonEvents } from './json-events.js';

/** What an event of a CLI's stream means for the question whether the agent finished its work. */
export type EventSign =
  /** The terminal event; `reason`: of a failure, if it gives one. */
  | { readonly kind: 'end'; readonly succeeded: boolean; readonly reason?: string | undefined }
  /** The model's words, or a part of them. */
  | { readonly kind: 'answer'; readonly text: string }
  /** A tool was used. */
  | { readonly kind: 'tool' }
  /** The CLI's own words in place of an answer: it gave up. */
  | { readonly kind: 'trouble'; readonly text: string };

export interface EventStream {
  /** As in "Codex CLI ended with an error". */
  readonly cli: string;
  /** As in "wrote no result event". */
  readonly terminalEvent: string;
  /** Undefined for an event that says nothing of the kind. */
  signOf(event: object): EventSign | undefined;
}

/**
 * Judges by the CLI's own terminal event: exit code 0 alone is no success. Neither is an end without any work, nor one
 * where the whole answer is that a limit is spent, which some CLIs print like any other answer.
 */
export function judgedBy(stream: EventStream): Pick<AiAgentAdapter, 'judge' | 'isTerminalEvent'> {
  const { cli, terminalEvent } = stream;
  return {
    judge(tail) {
      const { end, trouble, answer, worked } = summaryOf(stream, tail);
      if (!end) return `${cli} exited with 0 but wrote no ${terminalEvent}, so it did not finish.`;
      if (!end.succeeded || trouble !== undefined) {
        return `${cli} ended with an error: ${shortened(end.reason ?? trouble ?? 'it gave no reason.')}`;
      }
      if (!worked) return `${cli} exited with 0 and had done nothing: no answer, no tool.`;
      return tellsSpentLimit(answer)
        ? `${cli} did no more than tell of a spent limit: ${shortened(answer)}`
        : undefined;
    },
    isTerminalEvent(line) {
      const event = jsonEvent(line);
      return event !== undefined && stream.signOf(event)?.kind === 'end';
    },
  };
}

function summaryOf(stream: EventStream, tail: string) {
  let end: Extract<EventSign, { kind: 'end' }> | undefined;
  let trouble: string | undefined;
  let answer = '';
  let worked = false;
  for (const event of jsonEvents(tail)) {
    const sign = stream.signOf(event);
    if (sign?.kind === 'end') end = sign;
    if (sign?.kind === 'trouble') trouble = sign.text;
    if (sign?.kind === 'answer' || sign?.kind === 'tool') {
      worked = true;
      trouble = undefined;
      answer = sign.kind === 'answer' ? answer + sign.text : '';
    }
  }
  return { end, trouble, answer: answer.trim(), worked };
}

const SPENT_LIMIT =
  /^(?:you(?:'ve|’ve| have) (?:hit|reached|exceeded|run out of)\b|(?:claude|claude ai|your|\d+-hour|weekly|monthly|daily|usage|session|rate)\b.{0,40}\blimit (?:was |has been )?(?:reached|exceeded)|credit balance is too low|quota (?:was |has been )?exceeded)/i;

/** Such news is short and comes first; the same words within a report are about somebody else's limit. */
const tellsSpentLimit = (answer: string): boolean => answer.length <= 300 && SPENT_LIMIT.test(answer);

const shortened = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
