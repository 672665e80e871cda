import { describe, expect, it } from '@jest/globals';
import { describedVariables } from './describe-variables.js';
import { loadConfig } from './load-config.js';
import { FILE_VARIABLES, variables } from './variables.js';

const described = describedVariables();

describe('the described variables', () => {
  it('are all that the server reads', () => {
    expect(described.map(({ name }) => name)).toEqual(Object.keys(variables.shape));
  });

  it('have defaults that, set by hand, change nothing', () => {
    const defaults = described.flatMap(({ name, default: fallback }) => (fallback ? [[name, fallback]] : []));
    expect(defaults.length).toBeGreaterThan(30);
    const { npmEnvironment, ...config } = loadConfig(Object.fromEntries(defaults) as Record<string, string>);
    expect(npmEnvironment).toEqual({ PATH: '/usr/local/bin:/usr/bin:/bin' });
    expect({ ...config, npmEnvironment: {} }).toEqual(loadConfig({}));
  });

  it('say what they may be and what holds without them, and which may be files', () => {
    const of = (wanted: string) => described.find(({ name }) => name === wanted);
    expect(of('SHUTDOWN_TIMEOUT')).toMatchObject({
      default: '25',
      values: 'a whole number from 1 to 3600',
      unit: 'seconds',
      isRequired: false,
    });
    expect(of('DATABASE_URL')).toMatchObject({ unset: 'an embedded Postgres', isRequired: true, mayBeFile: true });
    expect(described.filter(({ mayBeFile }) => mayBeFile).map(({ name }) => name)).toEqual([...FILE_VARIABLES]);
  });
});
