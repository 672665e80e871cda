import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Connection } from './connection.js';

let connection: Connection;
let answer: () => Promise<{ readonly ok: boolean }>;

const status = () => connection.snapshot().status;
/** Until the server was looked at so much later. */
const after = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000);

beforeEach(() => {
  jest.useFakeTimers();
  answer = () => Promise.resolve({ ok: true });
  Object.defineProperty(globalThis, 'document', { configurable: true, value: { hidden: false } });
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { onLine: true } });
  jest.spyOn(globalThis, 'fetch').mockImplementation(() => answer() as Promise<Response>);
  connection = new Connection();
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  Reflect.deleteProperty(globalThis, 'document');
});

describe('whether the server is heard', () => {
  it('is asked until the server itself answers: a proxy that answers in its stead is none', async () => {
    answer = () => Promise.resolve({ ok: false });
    connection.lost();
    expect(status()).toBe('reconnecting');
    await after(10);
    expect(status()).toBe('reconnecting');
    await after(20);
    expect(status()).toBe('offline');
    answer = () => Promise.resolve({ ok: true });
    await after(2);
    expect(status()).toBe('online');
  });

  it('is no longer told by a lost socket once nobody needs it', async () => {
    const leave = [connection.follow(), connection.follow()];
    connection.socket('lost');
    await after(2);
    expect(status()).toBe('reconnecting');
    leave[0]!();
    leave[0]!();
    expect(status()).toBe('reconnecting');
    leave[1]!();
    expect(status()).toBe('online');
    connection.follow();
    expect(status()).toBe('online');
  });

  it('is told by a socket that comes back', () => {
    connection.follow();
    connection.socket('lost');
    expect(status()).toBe('reconnecting');
    connection.socket('connected');
    expect(status()).toBe('online');
  });

  it('is not told by a socket that goes after its last subscription', () => {
    connection.follow()();
    connection.socket('lost');
    expect(status()).toBe('online');
  });
});
