const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  cacheDirectory: '<rootDir>/.cache/jest',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFilesAfterEnv: ['<rootDir>/tests/testkit/second-try.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/sdk/dist', '<rootDir>/.data', '<rootDir>/.cache'],
};

const withPostgres = {
  ...common,
  globalSetup: '<rootDir>/tests/testkit/global-setup.mjs',
  globalTeardown: '<rootDir>/tests/testkit/global-teardown.mjs',
  setupFilesAfterEnv: [...common.setupFilesAfterEnv, '<rootDir>/tests/testkit/patience.ts'],
};

/** `unit` needs nothing; `integration` starts its own Postgres; `e2e`, `faults` and `incidents` need what each file's first line names. */
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{src,agent-image,sdk,demo,dashboard}/**/*.test.ts',
        '<rootDir>/tests/architecture/**/*.test.ts',
      ],
    },
    { ...withPostgres, displayName: 'integration', testMatch: ['<rootDir>/tests/integration/**/*.test.ts'] },
    { ...withPostgres, displayName: 'e2e', testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'] },
    { ...withPostgres, displayName: 'faults', testMatch: ['<rootDir>/tests/faults/**/*.test.ts'] },
    { ...withPostgres, displayName: 'soak', testMatch: ['<rootDir>/tests/faults/**/*.soak.ts'] },
    { ...withPostgres, displayName: 'incidents', testMatch: ['<rootDir>/tests/incidents/**/*.test.ts'] },
  ],
};
