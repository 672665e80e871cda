import type { KeyDelivery, ProviderFeature, UpdateInstanceInput } from '../../../../sdk/src/generated/graphql.js';

export interface InstanceSettingsForm {
  readonly name: string;
  /** One destination a line. */
  readonly egress: string;
  readonly keyDelivery: KeyDelivery;
  readonly providerFeatures: readonly ProviderFeature[];
}

/** An instance as it stands. */
export interface InstanceSettings {
  readonly name: string;
  readonly egress: readonly string[];
  readonly keyDelivery: KeyDelivery;
  readonly providerFeatures: readonly ProviderFeature[];
}

export const formOfInstance = ({ egress, ...present }: InstanceSettings): InstanceSettingsForm => ({
  name: present.name,
  egress: egress.join('\n'),
  keyDelivery: present.keyDelivery,
  providerFeatures: present.providerFeatures,
});

const MAX_EGRESS = 64;

/** The list that the text stands for: lines and commas part its items. */
export const egressOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');

export function instanceSettingsErrors(
  form: InstanceSettingsForm,
): Partial<Record<keyof InstanceSettingsForm, string>> {
  const count = egressOf(form.egress).length;
  const faults = {
    name: form.name.trim() === '' ? 'Give the instance a name.' : undefined,
    egress: count > MAX_EGRESS ? `At most ${MAX_EGRESS} destinations; these are ${count}.` : undefined,
  };
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== undefined));
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item) => other.includes(item));

export function instanceInputOf(
  instanceId: string,
  form: InstanceSettingsForm,
  present: InstanceSettings,
): UpdateInstanceInput {
  const before = formOfInstance(present);
  return {
    instanceId,
    name: form.name.trim() === present.name ? undefined : form.name,
    egress: form.egress.trim() === before.egress.trim() ? undefined : egressOf(form.egress),
    keyDelivery: form.keyDelivery === present.keyDelivery ? undefined : form.keyDelivery,
    providerFeatures: isSameSet(form.providerFeatures, present.providerFeatures)
      ? undefined
      : [...form.providerFeatures],
  };
}

export const isUnchanged = (form: InstanceSettingsForm, present: InstanceSettings): boolean =>
  Object.entries(instanceInputOf('', form, present)).every(
    ([name, value]) => name === 'instanceId' || value === undefined,
  );
