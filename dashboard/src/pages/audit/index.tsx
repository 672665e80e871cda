import { useState } from 'react';
import { AuditEventsDocument } from '../../../../sdk/src/generated/graphql.js';
import type { AuditEventsQuery } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import { Empty, Listing, localTime, Page, safeText, Table } from '../../ui/index.js';
import type { Column } from '../../ui/index.js';
import { AuditFilters } from './audit-filters.js';
import { actionName, auditFilterOf, NO_AUDIT_FILTER } from './audit-filter.js';
import { Subjects } from './subjects.js';
import './audit.css';

type Event = AuditEventsQuery['auditEvents']['items'][number];

const COLUMNS: readonly Column<Event>[] = [
  { head: 'What', kind: 'main', cell: ({ action }) => <strong>{actionName(action)}</strong> },
  { head: 'When', cell: ({ at }) => <time dateTime={at}>{localTime(at)}</time> },
  {
    head: 'Who',
    cell: ({ keyId, role, clientAddress }) =>
      keyId === null ? (
        <span className="soft">the server</span>
      ) : (
        <span className="audit-who">
          <code>{keyId}</code>
          <span className="soft">{[role?.toLowerCase(), clientAddress].filter(Boolean).join(' from ')}</span>
        </span>
      ),
  },
  { head: 'On what', cell: (event) => <Subjects event={event} /> },
  {
    head: 'More',
    cell: ({ details }) =>
      details.length === 0 ? (
        '–'
      ) : (
        <dl className="audit-details">
          {details.map(({ name, value }, index) => (
            <div key={index}>
              <dt>{name}</dt>
              <dd>{safeText(value)}</dd>
            </div>
          ))}
        </dl>
      ),
  },
];

/** Who did what, to what, when and from where. */
export default function AuditPage() {
  const [form, setForm] = useState(NO_AUDIT_FILTER);
  const filter = auditFilterOf(form);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const pages = usePages(AuditEventsDocument, { limit: 50, filter }, ({ auditEvents }) => auditEvents);
  return (
    <Page title="Audit">
      <AuditFilters form={form} onChange={setForm} />
      <Listing
        pages={pages}
        empty={
          isFiltered ? (
            <Empty title="No such events">Take a filter away, and there may be some.</Empty>
          ) : (
            <Empty title="Nothing was done yet" />
          )
        }
      >
        {(events) => (
          <Table
            caption="Audit trail, newest first"
            columns={COLUMNS}
            rows={events}
            keyOf={({ id }) => id}
            busy={pages.fetching}
          />
        )}
      </Listing>
    </Page>
  );
}
