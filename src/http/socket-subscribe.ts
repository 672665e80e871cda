import { createSourceEventStream, subscribe } from 'graphql';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { sharedOperation } from '../graphql/shared-operation.js';
import type { GraphQLContext } from '../kernel/graphql-context.js';
import type { TenantId } from '../kernel/ids.js';
import { inTenant, iterateInTenant } from '../kernel/tenant-scope.js';
import type { SharedAnswers } from './shared-answers.js';
import { SharedSubscription } from './shared-subscription.js';
import type { SocketOutlet } from './socket-outlet.js';

/** An operation of a client, and where its messages go. */
export interface SocketOperation extends ExecutionArgs {
  readonly id: string;
  readonly outlet: SocketOutlet;
}

export const tenantOf = ({ contextValue }: ExecutionArgs): TenantId => (contextValue as GraphQLContext).actor.tenantId;

/** Subscribes in its tenant's scope. What graphql-ws is to send, or wait for: shared answers go out by themselves. */
export async function subscribeOnSocket(
  args: SocketOperation,
  answers: SharedAnswers,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const { schema, document, operationName, id, outlet } = args;
  const tenantId = tenantOf(args);
  const operation = sharedOperation(schema, document, operationName);
  if (!operation) {
    const results = await inTenant(tenantId, () => subscribe(args));
    return Symbol.asyncIterator in results ? iterateInTenant(tenantId, results) : results;
  }
  const stream = await inTenant(tenantId, () => createSourceEventStream(args));
  if (!(Symbol.asyncIterator in stream)) return stream;
  const events = stream[Symbol.asyncIterator]() as AsyncIterator<object>;
  const subscription = new SharedSubscription({
    events: iterateInTenant(tenantId, events),
    operation,
    args,
    answers,
    next: (text) => outlet.sendNext(id, text),
  });
  return iterateInTenant(tenantId, subscription);
}
