import { Link } from 'wouter';
import type { AuditEventsQuery } from '../../../../sdk/src/generated/graphql.js';
import { AI_AGENT_NAMES } from '../../ui/index.js';

type Event = AuditEventsQuery['auditEvents']['items'][number];

const short = (id: string): string => id.slice(0, 8);

/** What an event is about; what it names may have been deleted since. */
export function Subjects({ event }: { readonly event: Event }) {
  const { instanceId, aiAgent, credentialVersion, clusterId, runId, agentId, toolId } = event;
  return (
    <span className="audit-subjects">
      {runId !== null && <Link href={`/runs/${runId}`}>Run {short(runId)}</Link>}
      {instanceId !== null && <Link href={`/instances/${instanceId}`}>Instance {short(instanceId)}</Link>}
      {aiAgent !== null && <span>{AI_AGENT_NAMES[aiAgent]}</span>}
      {credentialVersion !== null && <span>Credential {credentialVersion}</span>}
      {clusterId !== null && <span title={clusterId}>Cluster {short(clusterId)}</span>}
      {agentId !== null && <span title={agentId}>Agent {short(agentId)}</span>}
      {toolId !== null && <span title={toolId}>Tool {short(toolId)}</span>}
    </span>
  );
}
