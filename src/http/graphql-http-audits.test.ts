import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startSmallServer } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';

let small: SmallServer;
beforeAll(async () => {
  small = await startSmallServer();
});
afterAll(() => small.close());

const audits = serverAudits({
  url: () => `${small.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), 'x-api-key': 'admin' } }),
});

/** Audits of what servers SHOULD or MAY do and we do not, each with our reason. Nothing else may fail, and none of these may pass unnoticed. */
const CSRF = 'A GET that any page could send without a preflight is refused; clients add apollo-require-preflight.';
const STATUS = 'What failed as a whole bears the HTTP status of its error, whatever media type is accepted: 400 here.';
const WARNINGS: Readonly<Record<string, string>> = {
  '5A70': CSRF,
  D6D5: CSRF,
  '6A70': CSRF,
  '572B': STATUS,
  FDE2: STATUS,
  '7B9B': STATUS,
};

describe("graphql-http's server audits", () => {
  it('are the 61 of the GraphQL-over-HTTP specification', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect({ id: audit.id, status: result.status, reason: 'reason' in result ? result.reason : '' }).toEqual(
      audit.id in WARNINGS
        ? { id: audit.id, status: expect.stringMatching(/^(warn|notice)$/), reason: expect.any(String) }
        : { id: audit.id, status: 'ok', reason: '' },
    );
  });
});
