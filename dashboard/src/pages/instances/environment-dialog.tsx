import { InstanceEnvironmentDocument } from '../../../../sdk/src/generated/graphql.js';
import type { VariableSource } from '../../../../sdk/src/generated/graphql.js';
import { useRead } from '../../api/index.js';
import { AI_AGENT_NAMES, Badge, Dialog, Empty, ErrorBox, Spinner, Table } from '../../ui/index.js';
import type { AiAgentDialogProps } from './ai-agent-dialogs.js';

const SOURCES: Readonly<Record<VariableSource, string>> = {
  SYSTEM: 'server and container',
  CONFIGURATION: 'configuration',
  CREDENTIAL: 'sealed key',
  RUN: 'input of each run',
};

/** The names in a run's environment. Values are shown nowhere. */
export function EnvironmentDialog({ instanceId, aiAgent: { aiAgent }, onClose }: AiAgentDialogProps) {
  const { data, problem, reload } = useRead(InstanceEnvironmentDocument, { instanceId, aiAgent });
  const variables = data?.instance.environment;
  return (
    <Dialog title={`Environment of ${AI_AGENT_NAMES[aiAgent]}`} onClose={onClose}>
      <p className="soft">What a run finds in its environment: names alone, values are never shown.</p>
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      {!variables && !problem && <Spinner />}
      {variables?.length === 0 && <Empty title="Nothing yet">Configure the AI agent, then restart the instance.</Empty>}
      {variables && variables.length > 0 && (
        <Table
          caption="Environment variables"
          rows={variables}
          keyOf={({ name }) => name}
          columns={[
            { head: 'Name', kind: 'main', cell: ({ name }) => <code>{name}</code> },
            { head: 'From', cell: ({ source }) => SOURCES[source] },
            { head: 'Secret', cell: ({ secret }) => (secret ? <Badge tone="warn">Secret</Badge> : 'no') },
          ]}
        />
      )}
    </Dialog>
  );
}
