import { useQuery } from 'urql';
import { useParams } from 'wouter';
import { TriageRunDocument } from '../../../../sdk/src/generated/graphql.js';
import { documentOf, problemOf } from '../../api/index.js';
import { AI_AGENT_NAMES, ErrorBox, Page, RelativeTime, RunState, Spinner } from '../../ui/index.js';

export default function RunPage() {
  const { id = '' } = useParams();
  const [{ data, error }, read] = useQuery({ query: documentOf(TriageRunDocument), variables: { id } });
  const run = data?.triageRun;
  return (
    <Page title={`Run ${id.slice(0, 8)}`}>
      {error && <ErrorBox problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />}
      {!run && !error && <Spinner />}
      {run && (
        <div className="row">
          <RunState state={run.state} />
          <span>{AI_AGENT_NAMES[run.aiAgent]}</span>
          <span className="soft">
            <RelativeTime at={run.createdAt} />
          </span>
        </div>
      )}
    </Page>
  );
}
