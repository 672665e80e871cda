import { execute } from 'graphql';
import type { ExecutionArgs, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { NextText, SharedAnswers } from './shared-answers.js';

export interface SharedSubscriptionOptions {
  readonly events: AsyncIterableIterator<object>;
  readonly operation: OperationDefinitionNode;
  readonly args: ExecutionArgs;
  readonly answers: SharedAnswers;
  /** Sends a Next message of this operation; resolves when its bytes were handed over. */
  readonly next: (text: NextText) => Promise<void>;
}

/**
 * What graphql-ws is given in place of the results of a subscription whose answers are shared: it sends those itself, ready
 * made, and yields only what is the client's own, which are answers with errors. Beginning, end, errors and Complete stay
 * with graphql-ws. An event is asked for when the bytes of the one before were handed over.
 */
export class SharedSubscription implements AsyncIterableIterator<ExecutionResult> {
  #isClosed = false;

  constructor(private readonly options: SharedSubscriptionOptions) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Nobody asks for more after a rejection, nor calls `return()`: so that closes the events. */
  async next(): Promise<IteratorResult<ExecutionResult>> {
    try {
      return await this.#next();
    } catch (error) {
      await this.return().catch(() => undefined);
      throw error;
    }
  }

  async #next(): Promise<IteratorResult<ExecutionResult>> {
    const { events, operation, args, answers, next } = this.options;
    for (;;) {
      const step = await events.next();
      if (step.done) return { done: true, value: undefined };
      const text = await answers.text(step.value, operation, args);
      // After a Complete of the client its id may already stand for another operation.
      if (this.#isClosed) return { done: true, value: undefined };
      if (text === undefined) return { done: false, value: await execute({ ...args, rootValue: step.value }) };
      await next(text);
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.#isClosed = true;
    await this.options.events.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult>> {
    await this.return();
    throw error;
  }
}
