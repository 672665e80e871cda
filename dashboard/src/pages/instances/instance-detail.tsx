import { useState } from 'react';
import { Link } from 'wouter';
import { InstanceDocument } from '../../../../sdk/src/generated/graphql.js';
import type { InstanceFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { useCan, usePolling, useRead } from '../../api/index.js';
import { CopyButton, ErrorBox, Page, RelativeTime, RoleNote, Skeleton } from '../../ui/index.js';
import { AiAgentCard } from './ai-agent-card.js';
import { AiAgentDialogs } from './ai-agent-dialogs.js';
import type { OpenDialog } from './ai-agent-dialogs.js';
import { InstanceStateBadge } from './badges.js';
import { InstanceActions } from './instance-actions.js';
import { InstanceSettingsPanel } from './instance-settings-panel.js';

const LOOK_EVERY_MS = 30_000;

/** One instance: its five AI agents, and what holds for all of them. */
export function InstanceDetail({ id }: { readonly id: string }) {
  const { data, problem, reload } = useRead(InstanceDocument, { id });
  usePolling(reload, LOOK_EVERY_MS);
  const instance = data?.instance;
  return (
    <Page
      title={instance?.name ?? 'Instance'}
      actions={instance && <InstanceActions instance={instance} onChanged={reload} />}
    >
      <Link href="/instances">All instances</Link>
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      {!instance && !problem && <Skeleton />}
      {instance && <InstanceBody instance={instance} onChanged={reload} />}
    </Page>
  );
}

/** Whether a restart would bring in something new: runs use what the start pinned. */
const isBehind = ({ state, aiAgents }: InstanceFieldsFragment): boolean =>
  state === 'RUNNING' &&
  aiAgents.some(
    (each) =>
      each.pinnedConfigurationRevision !== (each.configured ? each.configurationRevision : null) ||
      each.pinnedCredentialVersion !== (each.configured ? each.credentialVersion : null),
  );

function InstanceBody({
  instance,
  onChanged,
}: {
  readonly instance: InstanceFieldsFragment;
  readonly onChanged: () => void;
}) {
  const [open, setOpen] = useState<OpenDialog>();
  const mayChange = useCan('ADMIN');
  return (
    <>
      <div className="row">
        <InstanceStateBadge state={instance.state} />
        {instance.startedAt !== null && (
          <span className="soft">
            started <RelativeTime at={instance.startedAt} />
          </span>
        )}
        <code className="soft">{instance.id}</code>
        <CopyButton text={instance.id} what="the instance's id" />
      </div>
      <RoleNote needs="ADMIN" todo="change this instance, its keys or limits" />
      {isBehind(instance) && (
        <p className="warning">
          Something was configured since the start. Runs use it once the instance is restarted; those under way go on
          with what they have.
        </p>
      )}
      <h2>AI agents</h2>
      <div className="ai-agents">
        {instance.aiAgents.map((aiAgent) => (
          <AiAgentCard
            key={aiAgent.aiAgent}
            aiAgent={aiAgent}
            mayChange={mayChange}
            onOpen={(name) => setOpen({ name, aiAgent })}
          />
        ))}
      </div>
      <InstanceSettingsPanel key={instance.id} instance={instance} mayChange={mayChange} onSaved={onChanged} />
      {open && (
        <AiAgentDialogs open={open} instanceId={instance.id} onClose={() => setOpen(undefined)} onChanged={onChanged} />
      )}
    </>
  );
}
