import { ASKED } from './cluster-look.js';
import { evidenceIn, type Evidence } from './evidence.js';
import { summarizeIncident, type IncidentSummary } from './incident-summary.js';
import { likelyCause, UNKNOWN, type LikelyCause } from './likely-cause.js';

/** What the script makes out of the incident and of what its commands printed. */
export interface Findings {
  readonly incident: IncidentSummary;
  readonly cause: LikelyCause;
  /** False when the cause is unknown or nothing that was printed shows it. */
  readonly isShown: boolean;
  readonly evidence: readonly Evidence[];
}

const DESCRIBED = `\n${ASKED}describe `;

/** `printed` is what the commands printed, oldest first: the incident, then, with a cluster, the answers of the cluster. */
export function findingsOf(incident: string, printed: readonly string[]): Findings {
  const [read = '', cluster = ''] = printed;
  // The list of pods tells of others as well; what follows it is about the incident's object.
  const about = cluster.includes(DESCRIBED) ? cluster.slice(cluster.indexOf(DESCRIBED)) : '';
  const evidence = [...evidenceIn(about, 'kubectl'), ...evidenceIn(read, 'incident.json')];
  const cause = likelyCause(`${incident}\n${about}`);
  return { incident: summarizeIncident(incident), cause, isShown: cause !== UNKNOWN && evidence.length > 0, evidence };
}
