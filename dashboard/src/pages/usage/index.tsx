import { useState } from 'react';
import { InstanceNamesDocument } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import { Empty, Listing, Page } from '../../ui/index.js';
import { UsageChoices } from './usage-choices.js';
import type { Choice } from './usage-choices.js';
import { lastDays } from './usage-series.js';
import { UsageView } from './usage-view.js';
import './usage.css';

type Instances = readonly { readonly id: string; readonly name: string }[];

function Usage({ instances }: { readonly instances: Instances }) {
  // Stays what it is when newer instances come before it.
  const [choice, setChoice] = useState<Choice>(() => ({
    instanceId: instances[0]!.id,
    days: 30,
    ...lastDays(30, Date.now()),
    grouping: 'AI_AGENT',
    measure: 'COST',
  }));
  return (
    <>
      <UsageChoices choice={choice} instances={instances} onChange={setChoice} />
      <UsageView key={choice.instanceId} choice={choice} />
    </>
  );
}

/** What an instance's model calls took, by day. */
export default function UsagePage() {
  const pages = usePages(InstanceNamesDocument, { limit: 100 }, ({ instances }) => instances);
  return (
    <Page title="Usage">
      <Listing pages={pages} empty={<Empty title="No instances yet">Usage is counted for each instance.</Empty>}>
        {(instances) => <Usage instances={instances} />}
      </Listing>
    </Page>
  );
}
