import type { Logger } from 'pino';
import type { BegunModelCall, ModelCall, ModelCallOwner } from '../usage/index.js';
import type { CountedFailure } from './failures.js';
import { RepeatedNews } from './repeated-news.js';

/** For each run and minute: agents, and providers of tenants, make calls fail as often as they like. */
const FAILURES_TOLD = 60;
const SHOWN_MODEL_LENGTH = 128;

/** A call that there is news of. */
interface ToldCall {
  readonly begun: BegunModelCall;
  /** Made when there is something to say. */
  readonly logger: () => Logger;
}

/** What the log is told of calls that go wrong, and no more of it than a log can bear. */
export class CallNews {
  readonly #refusals = new RepeatedNews();
  readonly #failures = new RepeatedNews({ most: FAILURES_TOLD });

  /** For what it asks. */
  refused({ begun, logger }: ToldCall, { kind, message: why, cause: err }: CountedFailure): void {
    this.#refusals.tell(`${whose(begun)} ${kind}`, (leftOut) =>
      logger().warn({ failure: kind, why, err, leftOut }, 'a model call was refused: nothing was sent'),
    );
  }

  unread(owner: ModelCallOwner, logger: Logger, err: unknown): void {
    this.#refusals.tell(`${whose(owner)} unread`, (leftOut) =>
      logger.error(
        { err, runId: owner.runId, leftOut },
        'a model call was refused: its key or its provider could not be read',
      ),
    );
  }

  uncounted({ begun, logger }: ToldCall, err: unknown): void {
    this.#refusals.tell(`${whose(begun)} uncounted`, (leftOut) =>
      logger().error({ err, leftOut }, 'a model call was refused: it could not be limited or written down'),
    );
  }

  /** A call that counts as an error; what its provider says of it is for the agent alone, and may hold anything. */
  failed({ begun, logger }: ToldCall, { error, status, outcome, model }: ModelCall): void {
    this.#failures.tell(`${whose(begun)} failed`, (leftOut) =>
      logger().warn(
        { error, status, outcome, model: model?.slice(0, SHOWN_MODEL_LENGTH), leftOut },
        'a model call failed',
      ),
    );
  }

  unanswered({ begun, logger }: ToldCall, err: unknown): void {
    this.#failures.tell(`${whose(begun)} unanswered`, (leftOut) =>
      logger().info({ err, leftOut }, 'a model call got no answer from the provider'),
    );
  }

  cut({ begun, logger }: ToldCall, err: unknown, by: 'agent' | 'provider'): void {
    this.#failures.tell(`${whose(begun)} cut`, (leftOut) =>
      logger().info({ err, by, leftOut }, 'the answer to a model call was cut'),
    );
  }
}

const whose = ({ runId, instanceId, aiAgent }: ModelCallOwner): string => runId ?? `${instanceId} ${aiAgent}`;
