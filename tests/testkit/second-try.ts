import { jest } from '@jest/globals';

// A bound in seconds also measures the machine, and CI's may pause for one: there, a failed test is tried once more behind
// the others of its file. The summary names each that needed it, so that a test that needs it often is seen.
if (process.env.CI === 'true') jest.retryTimes(1, { logErrorsBeforeRetry: true });
