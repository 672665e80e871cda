import type { Socket } from 'node:net';

/**
 * Joins two sockets, both made with `allowHalfOpen`, until each direction has ended by itself; with back-pressure, and an
 * end is passed on as an end. An error, or silence for `idleMs`, cuts both. Both ends of the run channel use it.
 */
export function joinSockets(one: Socket, other: Socket, idleMs: number): void {
  const cut = (): void => {
    one.destroy();
    other.destroy();
  };
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setTimeout(idleMs, cut);
    from.on('error', cut);
    // What it sent before is still on its way.
    from.on('close', () => to.destroySoon());
    from.pipe(to);
  }
}
