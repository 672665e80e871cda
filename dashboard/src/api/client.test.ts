import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createApiClient } from './client.js';

beforeEach(() => {
  Object.defineProperty(globalThis, 'location', { configurable: true, value: { origin: 'http://localhost' } });
  jest.spyOn(globalThis, 'fetch').mockImplementation(() => {
    const error = { message: 'No.', extensions: { error_code: 'UNAUTHENTICATED' } };
    return Promise.resolve(Response.json({ errors: [error] }, { status: 401 }));
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  Reflect.deleteProperty(globalThis, 'location');
});

it('says that its key is refused, but not once it is closed: another may be signed in by then', async () => {
  const onRefused = jest.fn();
  const api = createApiClient('tri_a', onRefused);
  const ask = () => api.urql.query('{ actor { tenantId } }', {}, { requestPolicy: 'network-only' }).toPromise();
  await ask();
  expect(onRefused).toHaveBeenCalledTimes(1);
  const late = ask();
  api.close();
  await late;
  expect(onRefused).toHaveBeenCalledTimes(1);
});
