import { Link, useSearchParams } from 'wouter';
import { TriageRunInputDocument } from '../../../../sdk/src/generated/graphql.js';
import { useRead } from '../../api/index.js';
import { ErrorBox, Page, Spinner } from '../../ui/index.js';
import { TriageFormView } from './triage-form-view.js';
import { EMPTY_TRIAGE_FORM, formOfRun } from './triage-form.js';
import './start-triage.css';

/** Starts a triage; with `?again=RUN`, as that run was started. */
export default function StartTriagePage() {
  const [search] = useSearchParams();
  const again = search.get('again');
  return (
    <Page title="Start a triage">
      {again === null ? <TriageFormView initial={EMPTY_TRIAGE_FORM} /> : <Again runId={again} />}
    </Page>
  );
}

function Again({ runId }: { readonly runId: string }) {
  const { data, problem, reload } = useRead(TriageRunInputDocument, { id: runId });
  if (data) {
    return (
      <>
        <p className="soft">
          As run <Link href={`/runs/${runId}`}>{runId.slice(0, 8)}</Link> was started. Change what should be otherwise.
          {data.triageRun.clusterId === null && ' Without a cluster: it had none, or that was deleted since.'}
        </p>
        <TriageFormView key={runId} initial={formOfRun(data.triageRun)} />
      </>
    );
  }
  return problem ? <ErrorBox problem={problem} onRetry={reload} /> : <Spinner />;
}
