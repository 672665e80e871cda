import { execute } from 'graphql';
import type { ExecutionArgs, OperationDefinitionNode } from 'graphql';

/** Of answers that are kept, in UTF-16 units or bytes. */
const KEPT_SIZE = 32 * 1024 * 1024;
/** Larger ones are sent as bytes that all sockets share; below it the system calls of two pieces cost more than the copy. */
const SHARED_BYTES_FROM = 16 * 1024;

/** A Next message from its payload on, the last brace included: a string or, when it is large, its UTF-8. Never changed. */
export type NextText = string | Buffer;

/** What an entry takes beside its text. */
const ENTRY_SIZE = 512;

/** Stands for an operation. What is kept must not keep the operation itself: a client's document is not in its bound. */
type OperationKey = symbol;

interface KeptAnswer {
  readonly answers: Map<OperationKey, KeptAnswer>;
  readonly key: OperationKey;
  readonly text: Promise<NextText | undefined>;
  size: number;
}

/**
 * Executes and serialises each event once for all who sent the same operation. Bounded: answers that were made longest ago
 * are forgotten, and made again for whoever comes late.
 */
export class SharedAnswers {
  readonly #keys = new WeakMap<OperationDefinitionNode, OperationKey>();
  readonly #byEvent = new WeakMap<object, Map<OperationKey, KeptAnswer>>();
  readonly #kept = new Set<KeptAnswer>();
  #keptSize = 0;

  /** Undefined when the answer has errors: each of these is a client's own. */
  text(event: object, operation: OperationDefinitionNode, args: ExecutionArgs): Promise<NextText | undefined> {
    const key = this.#keyOf(operation);
    const answers = this.#byEvent.get(event) ?? new Map<OperationKey, KeptAnswer>();
    const known = answers.get(key);
    if (known) return known.text;
    const text = serialise(event, args);
    const kept: KeptAnswer = { answers, key, text, size: 0 };
    this.#byEvent.set(event, answers.set(key, kept));
    this.#kept.add(kept);
    const measured = (made: NextText | undefined): void => {
      if (!this.#kept.has(kept)) return;
      kept.size = ENTRY_SIZE + (made?.length ?? 0);
      this.#keptSize += kept.size;
      this.#forgetOldest();
    };
    text.then(measured, () => this.#forget(kept));
    return text;
  }

  #keyOf(operation: OperationDefinitionNode): OperationKey {
    const key = this.#keys.get(operation) ?? Symbol();
    this.#keys.set(operation, key);
    return key;
  }

  #forgetOldest(): void {
    for (const oldest of this.#kept) {
      if (this.#keptSize <= KEPT_SIZE) return;
      this.#forget(oldest);
    }
  }

  #forget(kept: KeptAnswer): void {
    this.#keptSize -= kept.size;
    this.#kept.delete(kept);
    kept.answers.delete(kept.key);
  }
}

async function serialise(event: object, args: ExecutionArgs): Promise<NextText | undefined> {
  const result = await execute({ ...args, rootValue: event });
  if (result.errors) return undefined;
  const text = `${JSON.stringify(result)}}`;
  return text.length < SHARED_BYTES_FROM ? text : Buffer.from(text);
}
