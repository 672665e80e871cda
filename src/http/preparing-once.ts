import { quotaGate } from '../graphql/admission.js';
import type { DocumentPreparer, PreparedDocument } from '../graphql/document-preparer.js';
import type { RequestQuota } from '../graphql/quota.js';

/** As `DocumentPreparer.prepare`, behind the quota of one request. */
export type Prepare = (text: string, operationName: string | null | undefined) => PreparedDocument;

/** Prepares the text of one request once, also when it is not valid and so not remembered: the fast way asks, then Apollo. */
export function preparingOnce(documents: DocumentPreparer, quota: RequestQuota): Prepare {
  let known: { readonly text: string; readonly prepared: PreparedDocument } | undefined;
  return (text, operationName) => {
    if (known?.text !== text) known = { text, prepared: documents.prepare(text, quotaGate(quota, operationName)) };
    return known.prepared;
  };
}
