import { useState } from 'react';
import { ExecutionDocument, ExecutionsDocument } from '../../../../sdk/src/generated/graphql.js';
import type { ExecutionsQuery } from '../../../../sdk/src/generated/graphql.js';
import { usePages, useRead } from '../../api/index.js';
import type { Pages } from '../../api/index.js';
import { Button, Dialog, Empty, ErrorBox, Listing, RelativeTime, Spinner, Table } from '../../ui/index.js';
import { ExecutionView } from './execution-view.js';

type Listed = ExecutionsQuery['executions']['items'][number];

export const useExecutions = (): Pages<Listed> =>
  usePages(ExecutionsDocument, { limit: 20 }, ({ executions }) => executions);

/** What agents were asked before, newest first. */
export function Executions({ pages }: { readonly pages: Pages<Listed> }) {
  const [shown, setShown] = useState<string>();
  return (
    <section className="stack">
      <h2>Executions</h2>
      <Listing
        pages={pages}
        empty={<Empty title="No executions yet">Run an agent, and its answer is kept here.</Empty>}
      >
        {(executions) => (
          <Table
            caption="Executions, newest first"
            rows={executions}
            keyOf={({ id }) => id}
            columns={[
              { head: 'Agent', kind: 'main', cell: ({ agentName }) => agentName },
              { head: 'Model', cell: ({ model }) => <code>{model}</code> },
              { head: 'When', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
              {
                head: 'Actions',
                cell: ({ id, agentName }) => (
                  <Button aria-label={`Read the answer of ${agentName}`} onClick={() => setShown(id)}>
                    Read
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Listing>
      {shown !== undefined && <ExecutionDialog id={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
}

function ExecutionDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { data, problem, reload } = useRead(ExecutionDocument, { id });
  return (
    <Dialog title={data?.execution.agentName ?? 'Execution'} onClose={onClose}>
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      {!data && !problem && <Spinner />}
      {data && <ExecutionView execution={data.execution} />}
    </Dialog>
  );
}
