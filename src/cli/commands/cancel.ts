import { renderFields } from '../output/table.js';
import type { Session } from '../session.js';
import { runId } from './resolve.js';

export async function cancelRun({ client, answer, out }: Session, _options: object, id = ''): Promise<undefined> {
  const run = await client.cancelTriage(runId(id));
  await answer(run, () =>
    renderFields(
      [
        ['run', run.id],
        ['state', run.state],
        ['cancel asked', run.cancelRequestedAt ?? undefined],
        ['ended', run.endedAt ?? undefined],
      ],
      out,
    ),
  );
}
