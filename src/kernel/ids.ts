import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

export type TenantId = Branded<string, 'TenantId'>;
/** UUID v4, lower case. */
export type InstanceId = Branded<string, 'InstanceId'>;
/** UUID v4, lower case. */
export type RunId = Branded<string, 'RunId'>;

export const newInstanceId = (): InstanceId => randomUUID() as InstanceId;
export const newRunId = (): RunId => randomUUID() as RunId;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);
