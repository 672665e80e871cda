import { getOperationAST } from 'graphql';
import type { DocumentNode } from 'graphql';
import type { Gate } from './document-preparer.js';
import { assertAffordable } from './operation-complexity.js';
import type { Answerable } from './operation-complexity.js';
import { operationCost } from './operation-cost.js';
import type { RequestQuota } from './quota.js';

export interface RequestedOperation {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/** Refuses what a quota that is used up would refuse, while only parsing was done for it. */
export const quotaGate =
  (quota: RequestQuota, operationName: string | null | undefined): Gate =>
  (document) =>
    quota.refuseExhausted(() => operationCost(document, operationName) ?? 1);

/**
 * Lets an operation of a valid document be executed, or throws QUERY_TOO_COMPLEX, RATE_LIMITED or SERVICE_UNAVAILABLE.
 * What is refused for its size has cost one point, whatever it would have started. False: there is no such operation.
 */
export async function admitOperation(
  served: Answerable,
  { document, operationName, variables }: RequestedOperation,
  quota: RequestQuota,
): Promise<boolean> {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    await quota.settle();
    return false;
  }
  try {
    assertAffordable(served, document, operation, variables ?? {});
  } catch (error) {
    await quota.settle();
    throw error;
  }
  await quota.spend(operationCost(document, operationName) ?? 1);
  return true;
}
