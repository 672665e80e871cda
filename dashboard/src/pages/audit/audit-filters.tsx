import { InstanceNamesDocument } from '../../../../sdk/src/generated/graphql.js';
import type { AuditAction } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import { Button, Field, Select } from '../../ui/index.js';
import { AUDIT_ACTIONS } from './audit-actions.js';
import { actionName, NO_AUDIT_FILTER } from './audit-filter.js';
import type { AuditFilterForm } from './audit-filter.js';

/** Instances that were deleted are named by their id in the events, and cannot be chosen. */
export function AuditFilters({
  form,
  onChange,
}: {
  readonly form: AuditFilterForm;
  readonly onChange: (form: AuditFilterForm) => void;
}) {
  const instances = usePages(InstanceNamesDocument, { limit: 100 }, (result) => result.instances);
  return (
    <form className="panel audit-filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Select
        label="What"
        value={form.action}
        onChange={({ target }) => onChange({ ...form, action: target.value as AuditAction | '' })}
      >
        <option value="">Everything</option>
        {AUDIT_ACTIONS.map((action) => (
          <option key={action} value={action}>
            {actionName(action)}
          </option>
        ))}
      </Select>
      <Select
        label="Instance"
        value={form.instanceId}
        onChange={({ target }) => onChange({ ...form, instanceId: target.value })}
      >
        <option value="">All</option>
        {instances.items?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Field
        label="API key"
        placeholder="its readable prefix"
        spellCheck={false}
        value={form.keyId}
        onChange={({ target }) => onChange({ ...form, keyId: target.value })}
      />
      <Field
        label="From"
        type="date"
        value={form.from}
        onChange={({ target }) => onChange({ ...form, from: target.value })}
      />
      <Field
        label="To"
        type="date"
        value={form.to}
        onChange={({ target }) => onChange({ ...form, to: target.value })}
      />
      <Button onClick={() => onChange(NO_AUDIT_FILTER)}>Show all</Button>
    </form>
  );
}
