import { PROVIDER_FEATURES, type ProviderFeature } from '../../../kernel/provider-features.js';
import type { Place } from './place.js';

export type AllowedFeatures = ReadonlySet<ProviderFeature>;

/** A part of a request that is not passed on; `message` is for people and holds nothing that the request says. */
export class Refusal extends Error {}

/** Throws unless the instance allows it. `what` names the part: a type or a model. */
export function requireFeature(feature: ProviderFeature, at: Place, allowed: AllowedFeatures, what = ''): void {
  if (allowed.has(feature)) return;
  const part = `\`${at.toString()}\`${what && ` (${what})`}`;
  throw new Refusal(
    feature === 'UNLISTED'
      ? `This gateway does not know ${part}, so it is not passed on. An administrator may let everything unknown pass: updateInstance with UNLISTED in providerFeatures.`
      : `This instance does not allow what ${part} asks of the provider. An administrator may allow it: updateInstance with ${feature} in providerFeatures ("${PROVIDER_FEATURES[feature]}").`,
  );
}

export function malformed(at: Place, expected: string): Refusal {
  return new Refusal(`This gateway does not understand \`${at.toString()}\`: it takes ${expected} there.`);
}
