import { writeRunOutput } from '../run-output.js';
import type { Session } from '../session.js';
import { runId } from './resolve.js';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly raw?: boolean;
}

export async function showLog(
  session: Session,
  { follow = false, raw = false }: LogsOptions,
  id = '',
): Promise<undefined> {
  const run = await session.client.triageRun(runId(id));
  await writeRunOutput(session, run, { raw, ...(follow ? {} : { until: run.log.bytes }) });
}
