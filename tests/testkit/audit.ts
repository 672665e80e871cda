import { idOfKey } from '../../src/features/tenants/index.js';
import type { TestClient } from './client.js';

export interface AuditEventView {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly keyId: string | null;
  readonly role: string | null;
  readonly clientAddress: string | null;
  readonly instanceId: string | null;
  readonly aiAgent: string | null;
  readonly credentialVersion: number | null;
  readonly clusterId: string | null;
  readonly runId: string | null;
  readonly agentId: string | null;
  readonly toolId: string | null;
  readonly details: readonly { readonly name: string; readonly value: string }[];
}

export interface AuditPage {
  readonly items: readonly AuditEventView[];
  readonly nextCursor: string | null;
  readonly totalCount: number;
}

export const AUDIT_EVENTS = `query ($filter: AuditEventFilter, $limit: Int, $offset: Int, $after: String) {
  auditEvents(filter: $filter, limit: $limit, offset: $offset, after: $after) { totalCount nextCursor items {
    id at action keyId role clientAddress instanceId aiAgent credentialVersion clusterId runId agentId toolId details { name value } } } }`;

export async function auditPage(client: TestClient, variables: Record<string, unknown> = {}): Promise<AuditPage> {
  return (await client.ok<{ auditEvents: AuditPage }>(AUDIT_EVENTS, variables)).auditEvents;
}

/** The readable prefix of the client's key; a filter by it leaves out what the server does of its own accord. */
export const keyIdOf = ({ apiKey }: TestClient): string => idOfKey(apiKey!)!;

/** The newest events that pass the filter, oldest first: as they happened. */
export async function auditTrail(
  client: TestClient,
  filter: Record<string, unknown>,
): Promise<readonly AuditEventView[]> {
  return [...(await auditPage(client, { filter, limit: 100 })).items].reverse();
}
