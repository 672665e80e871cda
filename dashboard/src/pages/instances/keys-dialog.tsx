import { useState } from 'react';
import { InstanceCredentialsDocument, RevokeAiAgentKeyDocument } from '../../../../sdk/src/generated/graphql.js';
import type { CredentialState, InstanceCredentialsQuery } from '../../../../sdk/src/generated/graphql.js';
import { useAction, useCan, useRead } from '../../api/index.js';
import type { Tone } from '../../ui/index.js';
import {
  AI_AGENT_NAMES,
  Badge,
  Button,
  Dialog,
  Empty,
  ErrorBox,
  RelativeTime,
  Spinner,
  Table,
  useAnnounce,
} from '../../ui/index.js';
import type { Column } from '../../ui/index.js';
import type { AiAgentDialogProps } from './ai-agent-dialogs.js';

type Version = InstanceCredentialsQuery['instance']['aiAgents'][number]['credentials'][number];

const STATES: Readonly<Record<CredentialState, readonly [word: string, tone: Tone]>> = {
  ACTIVE: ['Active', 'good'],
  ROTATED: ['Rotated', 'neutral'],
  REVOKED: ['Revoked', 'bad'],
};

const COLUMNS: readonly Column<Version>[] = [
  { head: 'Version', kind: 'main', cell: ({ version }) => <strong>Version {version}</strong> },
  { head: 'State', cell: ({ state }) => <Badge tone={STATES[state][1]}>{STATES[state][0]}</Badge> },
  { head: 'Ends with', cell: ({ keyLastFour }) => <code>{keyLastFour ?? '–'}</code> },
  { head: 'Stored', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  { head: 'Destroyed', cell: ({ destroyedAt }) => (destroyedAt === null ? 'no' : <RelativeTime at={destroyedAt} />) },
];

/** The versions of a key; an administrator revokes one here. */
export function KeysDialog({ instanceId, aiAgent: { aiAgent }, onClose, onChanged }: AiAgentDialogProps) {
  const { data, problem, reload } = useRead(InstanceCredentialsDocument, { id: instanceId });
  const [toRevoke, setToRevoke] = useState<number>();
  const revocation = useAction(RevokeAiAgentKeyDocument);
  const mayRevoke = useCan('ADMIN');
  const announce = useAnnounce();
  const versions = data?.instance.aiAgents.find((each) => each.aiAgent === aiAgent)?.credentials;
  const revoke = async (version: number) => {
    if (!(await revocation.run({ input: { instanceId, aiAgent, version } }))) return;
    announce(`Version ${version} was revoked.`);
    setToRevoke(undefined);
    reload();
    onChanged();
  };
  const action: Column<Version> = {
    head: 'Actions',
    cell: ({ version, state }) =>
      state !== 'REVOKED' && (
        <Button kind="danger" aria-label={`Revoke version ${version}`} onClick={() => setToRevoke(version)}>
          Revoke
        </Button>
      ),
  };
  return (
    <Dialog title={`Keys of ${AI_AGENT_NAMES[aiAgent]}`} onClose={onClose}>
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      {!versions && !problem && <Spinner />}
      {versions?.length === 0 && <Empty title="No key was ever stored" />}
      {versions && versions.length > 0 && (
        <Table
          caption="Versions of the key, newest first"
          rows={versions}
          keyOf={({ version }) => String(version)}
          columns={mayRevoke ? [...COLUMNS, action] : COLUMNS}
        />
      )}
      {toRevoke !== undefined && (
        <div className="panel stack" role="group" aria-label={`Revoke version ${toRevoke}?`}>
          <p>
            <strong>Revoke version {toRevoke}?</strong> It is destroyed at once: model calls made with it are refused,
            and the runs that use it end FAILED. This cannot be taken back.
          </p>
          {revocation.problem && <ErrorBox problem={revocation.problem} />}
          <div className="row">
            <Button onClick={() => setToRevoke(undefined)}>Leave it</Button>
            <Button kind="danger" busy={revocation.isBusy} autoFocus onClick={() => void revoke(toRevoke)}>
              Revoke version {toRevoke}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
