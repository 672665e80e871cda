import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../src/kernel/error-codes.js';
import { triagedError } from './errors.js';
import { ERROR_CLASSES, ERROR_STATUS } from './generated/error-classes.js';
import { TriagedError } from './triaged-error.js';

const WIRE = { message: 'No.', path: ['triageRun'], extensions: { details: { path: 'id', retryAfterSeconds: 7 } } };

describe('the errors of the SDK', () => {
  it('are those of the server, with its statuses', () => {
    const ofServer = Object.entries(ERROR_CODES).map(([code, { status }]) => [code, status]);
    expect(Object.entries(ERROR_STATUS)).toEqual(ofServer);
    expect(Object.keys(ERROR_CLASSES)).toEqual(Object.keys(ERROR_CODES));
  });

  it.each(Object.entries(ERROR_CLASSES))('make %s its class', (code, kind) => {
    const error = triagedError({ ...WIRE, extensions: { ...WIRE.extensions, error_code: code } }, { status: 299 });
    expect(error).toBeInstanceOf(kind);
    expect(error).toBeInstanceOf(TriagedError);
    expect(error).toMatchObject({
      ...{ name: kind.name, code, message: 'No.', path: ['triageRun'], retryAfterSeconds: 7 },
      ...{ status: ERROR_CODES[code as keyof typeof ERROR_CODES].status, details: WIRE.extensions.details },
    });
    expect(Object.values(ERROR_CLASSES).filter((each) => error instanceof each)).toEqual([kind]);
  });

  it.each(['LATER', '__proto__', 'constructor'])('keep the code %s, which this version does not know', (code) => {
    const error = triagedError({ message: 'New.', extensions: { code } }, { status: 418, retryAfterSeconds: 3 });
    expect(error).toMatchObject({ name: 'TriagedError', code, status: 418, retryAfterSeconds: 3 });
  });

  it.each([{}, { message: 7, path: 'x', extensions: [] }, { extensions: { code: null, details: 'no' } }])(
    'are made of whatever came: %j',
    (wire) => {
      expect(triagedError(wire)).toMatchObject({ code: 'UNKNOWN', status: 500, details: {}, path: undefined });
    },
  );
});
