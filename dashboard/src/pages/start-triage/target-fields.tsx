import { ClusterNamesDocument, InstanceNamesDocument } from '../../../../sdk/src/generated/graphql.js';
import type { AiAgent, InstanceNamesQuery } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import type { Pages } from '../../api/index.js';
import { AI_AGENT_NAMES, ErrorBox, Field, LoadMore, Select } from '../../ui/index.js';
import { clusterFault } from './triage-form.js';
import type { TriageForm, TriageFormErrors } from './triage-form.js';

type Instance = InstanceNamesQuery['instances']['items'][number];
type InstanceAiAgent = Instance['aiAgents'][number];
interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Targets {
  /** What was written, with what there is but one choice for. */
  readonly form: TriageForm;
  readonly instances: Pages<Instance>;
  readonly clusters: Pages<Named>;
  /** What keeps the triage from being started with the chosen cluster. */
  readonly clusterError: string | undefined;
  /** Of the chosen instance: those that it was started with. */
  readonly aiAgents: readonly InstanceAiAgent[];
}

const RUNNING = { limit: 100, filter: { state: 'RUNNING' } } as const;
const NONE: readonly never[] = [];

const CLUSTER_ERRORS = {
  'not read': 'The clusters were not read yet: wait a moment, or try again.',
  deleted: 'This cluster was deleted. Choose another, or none.',
} as const;

/**
 * Where a triage can run. An instance or AI agent that is no longer there counts as not chosen; a cluster stays chosen, since
 * without one the triage would be another.
 */
export function useTargets(written: TriageForm): Targets {
  const instances = usePages(InstanceNamesDocument, RUNNING, (result) => result.instances);
  const clusters = usePages(ClusterNamesDocument, { limit: 100 }, (result) => result.clusters);
  const running = instances.items ?? NONE;
  const instance =
    running.find(({ id }) => id === written.instanceId) ?? (running.length === 1 ? running[0] : undefined);
  const aiAgents = (instance?.aiAgents ?? NONE).filter((each) => each.pinnedConfigurationRevision !== null);
  const aiAgent =
    aiAgents.find((each) => each.aiAgent === written.aiAgent) ?? (aiAgents.length === 1 ? aiAgents[0] : undefined);
  const fault = clusterFault(written.clusterId, clusters);
  const form = {
    ...written,
    instanceId: instance?.id ?? '',
    aiAgent: aiAgent?.aiAgent ?? ('' as const),
  };
  return { form, instances, clusters, clusterError: fault && CLUSTER_ERRORS[fault], aiAgents };
}

/** Instance, AI agent, model, cluster. */
export function TargetFields({
  targets: { form, instances, clusters, aiAgents },
  errors,
  onChange,
}: {
  readonly targets: Targets;
  readonly errors: TriageFormErrors;
  readonly onChange: (change: Partial<TriageForm>) => void;
}) {
  const chosen = aiAgents.find(({ aiAgent }) => aiAgent === form.aiAgent);
  const isListed = clusters.items?.some(({ id }) => id === form.clusterId) ?? false;
  const problem = instances.problem ?? clusters.problem;
  const reload = () => {
    instances.reload();
    clusters.reload();
  };
  return (
    <>
      {problem && <ErrorBox problem={problem} onRetry={reload} />}
      <Select
        label="Instance"
        hint={
          instances.items?.length === 0
            ? 'No instance is running: create one, configure an AI agent, and start it.'
            : undefined
        }
        value={form.instanceId}
        error={errors.instanceId}
        onChange={({ target }) => onChange({ instanceId: target.value, aiAgent: '', model: '' })}
      >
        <option value="">{instances.items ? 'Choose …' : 'Loading …'}</option>
        {instances.items?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <LoadMore nextCursor={instances.nextCursor} busy={instances.loadingMore} onMore={instances.loadMore} />
      <Select
        label="AI agent"
        hint={form.instanceId === '' ? 'Those that the instance was started with.' : undefined}
        value={form.aiAgent}
        error={errors.aiAgent}
        onChange={({ target }) => onChange({ aiAgent: target.value as AiAgent | '', model: '' })}
      >
        <option value="">Choose …</option>
        {aiAgents.map(({ aiAgent }) => (
          <option key={aiAgent} value={aiAgent}>
            {AI_AGENT_NAMES[aiAgent]}
          </option>
        ))}
      </Select>
      <Field
        label="Model"
        hint={`Left empty: ${chosen?.model ?? "the instance's, else the CLI's default"}.`}
        value={form.model}
        error={errors.model}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => onChange({ model: target.value })}
      />
      <Select
        label="Cluster"
        hint="The agent reaches it with kubectl, with the rights that were registered."
        value={form.clusterId}
        error={errors.clusterId}
        onChange={({ target }) => onChange({ clusterId: target.value })}
      >
        <option value="">None: the incident alone</option>
        {form.clusterId !== '' && !isListed && <option value={form.clusterId}>{form.clusterId.slice(0, 8)}</option>}
        {clusters.items?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <LoadMore nextCursor={clusters.nextCursor} busy={clusters.loadingMore} onMore={clusters.loadMore} />
    </>
  );
}
