import { make } from '../../kernel/make.js';
import { usageFigures } from '../usage/index.js';
import type { TriageRunEntity } from './triage-run.entity.js';
import {
  RefusedConnectionType,
  TriageRunFailureType,
  TriageRunTrafficType,
  TriageRunType,
  TriageRunUsageType,
} from './triage.types.js';

/** What the schema shows of a row; the log and the artifacts are looked up when they are selected. */
export function triageRunType(run: TriageRunEntity): TriageRunType {
  const { reasonCode: code, reasonMessage, reportedTokens: reported, usageDrift: drift } = run;
  const failure = code === null ? null : make(TriageRunFailureType, { code, message: reasonMessage ?? '' });
  const { refused, ...traffic } = run.network;
  const refusedConnections = refused.map((each) =>
    make(RefusedConnectionType, { ...each, firstAt: new Date(each.firstAt) }),
  );
  return Object.assign(new TriageRunType(), run, {
    failure,
    usage: Object.assign(new TriageRunUsageType(), usageFigures(run), { reported, drift }),
    refusedConnections,
    traffic: make(TriageRunTrafficType, traffic),
  });
}
