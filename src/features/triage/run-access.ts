import type { ProviderFeature } from '../../kernel/provider-features.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { FreshValue } from './fresh-value.js';
import type { RunBriefing } from './run-briefing.js';
import { RunKey } from './run-key.js';
import type { TriageRunEntity } from './triage-run.entity.js';

/** With what, and for what, a run may call its provider at the moment. */
export class RunAccess {
  private constructor(
    private readonly key: RunKey,
    private readonly features: FreshValue<readonly ProviderFeature[]>,
  ) {}

  /** Hears of changes until it is closed. */
  static async watch(bus: EventBus, briefing: RunBriefing, run: TriageRunEntity): Promise<RunAccess> {
    const key = await RunKey.watch(bus, run.id, () => briefing.key(run));
    const features = new FreshValue(() => briefing.providerFeatures(run));
    await features.listen(bus, topics.instance(run.instanceId));
    return new RunAccess(key, features);
  }

  /** The key is undefined when it was revoked; the features are the same list until they are read anew. */
  async current(): Promise<{ key: string | undefined; providerFeatures: readonly ProviderFeature[] }> {
    const [key, providerFeatures] = await Promise.all([this.key.current(), this.features.current()]);
    return { key, providerFeatures };
  }

  close(): void {
    this.key.close();
    this.features.close();
  }
}
