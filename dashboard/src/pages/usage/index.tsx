import { useState } from 'react';
import { InstanceNamesDocument } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import { Empty, Listing, Page } from '../../ui/index.js';
import { UsageChoices } from './usage-choices.js';
import type { Choice } from './usage-choices.js';
import { lastDays } from './usage-series.js';
import { UsageView } from './usage-view.js';
import './usage.css';

const first = (): Choice => ({
  instanceId: '',
  days: 30,
  ...lastDays(30, Date.now()),
  grouping: 'AI_AGENT',
  measure: 'COST',
});

/** What an instance's model calls took, by day. */
export default function UsagePage() {
  const pages = usePages(InstanceNamesDocument, { limit: 100 }, ({ instances }) => instances);
  const [written, setChoice] = useState(first);
  return (
    <Page title="Usage">
      <Listing pages={pages} empty={<Empty title="No instances yet">Usage is counted for each instance.</Empty>}>
        {(instances) => {
          const choice = { ...written, instanceId: written.instanceId || instances[0]!.id };
          return (
            <>
              <UsageChoices choice={choice} instances={instances} onChange={setChoice} />
              <UsageView choice={choice} />
            </>
          );
        }}
      </Listing>
    </Page>
  );
}
