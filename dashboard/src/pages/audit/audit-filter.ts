import type { AuditAction, AuditEventFilter } from '../../../../sdk/src/generated/graphql.js';

/** As the fields hold it; empty: all. */
export interface AuditFilterForm {
  readonly action: AuditAction | '';
  readonly instanceId: string;
  readonly keyId: string;
  /** Days of the reader's own clock, both included. */
  readonly from: string;
  readonly to: string;
}

export const NO_AUDIT_FILTER: AuditFilterForm = { action: '', instanceId: '', keyId: '', from: '', to: '' };

/** The instant at which a day begins for the reader, or the one `days` later. */
function beginning(day: string, days = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const instant = new Date(year, month - 1, date + days);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}

export const auditFilterOf = (form: AuditFilterForm): AuditEventFilter => ({
  action: form.action || undefined,
  instanceId: form.instanceId || undefined,
  keyId: form.keyId.trim() || undefined,
  from: beginning(form.from),
  to: beginning(form.to, 1),
});

/** `CREDENTIAL_ROTATED` as "Credential rotated". */
export const actionName = (action: string): string =>
  (action.charAt(0) + action.slice(1).toLowerCase().replaceAll('_', ' ')).replace(/\bai\b/gi, 'AI');
