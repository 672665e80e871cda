import { useState } from 'react';
import { useQuery } from 'urql';
import { TriageRunArtifactsDocument, type TriageRunArtifactsQuery } from '../../../../sdk/src/generated/graphql.js';
import { documentOf, problemOf, useApiKey } from '../../api/index.js';
import {
  bytesText,
  Button,
  Empty,
  ErrorBox,
  isUnderWay,
  safeText,
  Spinner,
  Table,
  useAnnounce,
} from '../../ui/index.js';
import { saveBlob } from './save-blob.js';
import type { Run } from './use-run.js';

type Artifact = TriageRunArtifactsQuery['triageRun']['artifacts'][number];

const PAGE = 100;

/** Fetched with the key in a header and handed to the browser to save: its address is never opened. */
async function download({ url, name }: Artifact, apiKey: string): Promise<void> {
  const response = await fetch(url, { headers: { 'x-api-key': apiKey }, cache: 'no-store' });
  if (!response.ok) {
    const { message } = (await response.json().catch(() => ({}))) as { readonly message?: string };
    throw new Error(message ?? `The server answered ${response.status}.`);
  }
  saveBlob(await response.blob(), name.split('/').at(-1)!);
}

function Download({ artifact }: { readonly artifact: Artifact }) {
  const [busy, setBusy] = useState(false);
  const apiKey = useApiKey();
  const announce = useAnnounce();
  const name = safeText(artifact.name);
  const save = async (): Promise<void> => {
    setBusy(true);
    await download(artifact, apiKey).catch((error: unknown) =>
      announce(`${name} was not saved: ${error instanceof Error ? error.message : String(error)}`, 'bad'),
    );
    setBusy(false);
  };
  return (
    <Button busy={busy} onClick={() => void save()} aria-label={`Download ${name}`}>
      Download
    </Button>
  );
}

/** What the run left behind; nothing of it is shown here, and nothing of it runs. */
export function ArtifactsPanel({ run }: { readonly run: Run }) {
  const [offset, setOffset] = useState(0);
  const goesOn = isUnderWay(run.state);
  const [{ data, error }, read] = useQuery({
    query: documentOf(TriageRunArtifactsDocument),
    variables: { id: run.id, limit: PAGE, offset },
    pause: goesOn,
  });
  if (goesOn) return <Empty title="No artifacts yet">They are collected at the end of the run.</Empty>;
  if (error) return <ErrorBox problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />;
  if (!data) return <Spinner />;
  const { artifacts, artifactCount } = data.triageRun;
  if (artifactCount === 0) {
    return (
      <Empty title="No artifacts">{run.expiredAt ? 'They are no longer kept.' : 'The run left no file behind.'}</Empty>
    );
  }
  return (
    <div className="stack">
      <Table
        caption="Files that the run left behind"
        rows={artifacts}
        keyOf={({ name }) => name}
        columns={[
          {
            head: 'File',
            kind: 'main',
            cell: ({ name }) => <span className="mono artifact-name">{safeText(name)}</span>,
          },
          { head: 'Size', kind: 'number', cell: ({ bytes }) => bytesText(bytes) },
          { head: 'Get it', cell: (artifact) => <Download artifact={artifact} /> },
        ]}
      />
      {artifactCount > PAGE && (
        <div className="row">
          <Button disabled={offset === 0} onClick={() => setOffset(offset - PAGE)}>
            Files before
          </Button>
          <span className="soft">
            {offset + 1}–{offset + artifacts.length} of {artifactCount}
          </span>
          <Button disabled={offset + PAGE >= artifactCount} onClick={() => setOffset(offset + PAGE)}>
            Next files
          </Button>
        </div>
      )}
    </div>
  );
}
