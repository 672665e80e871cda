import { expect } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { TenantsServer } from './tenants-server.js';

/** Nothing hostile may keep the server busy for longer, on a machine that does other things beside. */
const BOUND_MS = 1_500;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly code: unknown;
  readonly details: { readonly limit?: string; readonly maximum?: number; readonly actual?: number };
}

/** Says what no honest client would, as tenant acme's administrator, and holds every answer to the bound. */
export class AbuseClient {
  constructor(private readonly server: TenantsServer) {}

  async send(init: RequestInit, target = '/graphql'): Promise<Answer> {
    const began = performance.now();
    const response = await fetch(`${this.server.url}${target}`, { method: 'POST', redirect: 'manual', ...init });
    const text = await response.text();
    expect(performance.now() - began).toBeLessThan(BOUND_MS);
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const body = (isJson ? JSON.parse(text) : {}) as {
      errors?: { extensions: { error_code: string; details: Answer['details'] } }[];
      error_code?: string;
    };
    const extensions = body.errors?.[0]?.extensions;
    return {
      status: response.status,
      text,
      code: extensions?.error_code ?? body.error_code,
      details: extensions?.details ?? {},
    };
  }

  headers(more: Record<string, string> = {}): Record<string, string> {
    return { 'content-type': 'application/json', 'x-api-key': this.server.key('acme', 'ADMIN'), ...more };
  }

  post(body: unknown, more: Record<string, string> = {}): Promise<Answer> {
    return this.send({ headers: this.headers(more), body: typeof body === 'string' ? body : JSON.stringify(body) });
  }

  /** One operation on a socket of its own: the first answer, or the code with which it was closed. */
  async overSocket(
    payload: object,
    boundMs = BOUND_MS,
  ): Promise<{ errors?: Answer[]; closed?: number; data?: unknown }> {
    const socket = new WebSocket(`${this.server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-api-key': this.server.key('acme', 'ADMIN') },
    });
    const began = performance.now();
    try {
      await once(socket, 'open');
      socket.send('{"type":"connection_init"}');
      await once(socket, 'message');
      socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
      const closed = once(socket, 'close').then(([code]: number[]) => ({ closed: code! }));
      const answered = once(socket, 'message').then(([data]: Buffer[]) => {
        const message = JSON.parse(data!.toString()) as {
          type: string;
          payload: { extensions: { error_code: string; details: Answer['details'] } }[] & {
            data?: unknown;
            errors?: { extensions: { error_code: string; details: Answer['details'] } }[];
          };
        };
        const errors = message.type === 'error' ? message.payload : (message.payload.errors ?? []);
        return {
          data: message.type === 'next' ? message.payload.data : undefined,
          errors: errors.map(({ extensions }) => ({
            status: 0,
            text: '',
            code: extensions.error_code,
            details: extensions.details,
          })),
        };
      });
      return await Promise.race([answered, closed]);
    } finally {
      socket.terminate();
      expect(performance.now() - began).toBeLessThan(boundMs);
    }
  }
}

export const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
