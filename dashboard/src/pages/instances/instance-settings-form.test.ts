import { describe, expect, it } from '@jest/globals';
import {
  egressOf,
  formOfInstance,
  instanceInputOf,
  instanceSettingsErrors,
  isUnchanged,
} from './instance-settings-form.js';
import type { InstanceSettings } from './instance-settings-form.js';

const PRESENT: InstanceSettings = {
  name: 'production',
  egress: ['github.com:443', '*.example.com:443'],
  keyDelivery: 'ENVIRONMENT',
  providerFeatures: ['WEB_SEARCH'],
};
const FORM = formOfInstance(PRESENT);

describe('the form of an instance', () => {
  it('sends nothing when nothing was changed', () => {
    expect(JSON.parse(JSON.stringify(instanceInputOf('i', { ...FORM, name: ' production ' }, PRESENT)))).toEqual({
      instanceId: 'i',
    });
    expect(isUnchanged({ ...FORM, name: ' production ' }, PRESENT)).toBe(true);
    expect(isUnchanged({ ...FORM, providerFeatures: [] }, PRESENT)).toBe(false);
  });

  it('sends whole lists', () => {
    const form = { ...FORM, egress: 'a.example.com, b.example.com:8443\n\n', providerFeatures: [] };
    expect(instanceInputOf('i', { ...form, keyDelivery: 'BROKERED', name: 'staging' }, PRESENT)).toEqual({
      ...{ instanceId: 'i', name: 'staging', egress: ['a.example.com', 'b.example.com:8443'] },
      ...{ keyDelivery: 'BROKERED', providerFeatures: [] },
    });
    expect(egressOf(' \n')).toEqual([]);
  });

  it('refuses an empty name and too long a list', () => {
    const egress = Array.from({ length: 65 }, (_, index) => `h${index}.example.com`).join('\n');
    expect(Object.keys(instanceSettingsErrors({ ...FORM, name: ' ', egress }))).toEqual(['name', 'egress']);
    expect(instanceSettingsErrors(FORM)).toEqual({});
  });
});
