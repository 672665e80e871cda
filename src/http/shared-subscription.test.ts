import { expect, it } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { Piece, smallSchema } from '../../tests/testkit/small-server.js';
import { SharedAnswers } from './shared-answers.js';
import { SharedSubscription } from './shared-subscription.js';

class FailingAnswers extends SharedAnswers {
  override text(): Promise<never> {
    return Promise.reject(new Error('nothing was made'));
  }
}

it.each([
  ['its answer cannot be made', new FailingAnswers(), 'nothing was made'],
  ['its message cannot be sent', new SharedAnswers(), 'nothing was sent'],
])('closes the events of a shared subscription when %s', async (_, answers, message) => {
  let open = 0;
  const events = (async function* () {
    open += 1;
    try {
      for (;;) yield Piece.all[0]!;
    } finally {
      open -= 1;
    }
  })();
  const document = parse('subscription { sharedPieces { number } }');
  const subscription = new SharedSubscription({
    events,
    operation: getOperationAST(document)!,
    args: { schema: smallSchema(), document, contextValue: { actor: { role: 'OPERATOR' } } },
    answers,
    next: () => Promise.reject(new Error('nothing was sent')),
  });
  await expect(subscription.next()).rejects.toThrow(message);
  expect(open).toBe(0);
  expect(await events.next()).toEqual({ done: true, value: undefined });
});
