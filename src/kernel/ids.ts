import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

export type TenantId = Branded<string, 'TenantId'>;
/** UUID v4, lower case. */
export type InstanceId = Branded<string, 'InstanceId'>;
/** UUID v4, lower case. */
export type RunId = Branded<string, 'RunId'>;
/** UUID v4, lower case. */
export type ToolId = Branded<string, 'ToolId'>;
/** UUID v4, lower case. */
export type AgentId = Branded<string, 'AgentId'>;
/** UUID v4, lower case. */
export type ExecutionId = Branded<string, 'ExecutionId'>;
/** UUID v4, lower case. */
export type ClusterId = Branded<string, 'ClusterId'>;
/** UUID v7, lower case: in the order of time. */
export type AuditEventId = Branded<string, 'AuditEventId'>;

export const newInstanceId = (): InstanceId => randomUUID() as InstanceId;
export const newRunId = (): RunId => randomUUID() as RunId;
export const newToolId = (): ToolId => randomUUID() as ToolId;
export const newAgentId = (): AgentId => randomUUID() as AgentId;
export const newExecutionId = (): ExecutionId => randomUUID() as ExecutionId;
export const newClusterId = (): ClusterId => randomUUID() as ClusterId;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

/** The UUID whose 32 hex digits these are. */
export const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** The UUID's bytes in base64url, 22 characters: in paths of sockets, which may not be long. */
export const shortName = (uuid: string): string => Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
