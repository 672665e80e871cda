import { useSyncExternalStore } from 'react';

export interface ConnectionState {
  readonly status: 'online' | 'reconnecting' | 'offline';
  /** When the server was last heard, in milliseconds since 1970; undefined before the first time. */
  readonly lastContact: number | undefined;
}

const LOOK_EVERY_MS = 15_000;
const RETRY_EVERY_MS = 2_000;
/** Without an answer for so long, the server counts as away. */
const PATIENCE_MS = 20_000;

/** Whether the server is heard: told by every request and socket, and asked (`/livez`, which costs no quota) in between. */
export class Connection {
  #state: ConnectionState = { status: 'online', lastContact: undefined };
  #lostAt: number | undefined;
  #socketIsLost = false;
  #followers = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ConnectionState => this.#state;

  /** Looks at the server until `stop`. */
  start(): void {
    addEventListener('online', this.#look);
    addEventListener('offline', this.#update);
    document.addEventListener('visibilitychange', this.#look);
    this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
    removeEventListener('online', this.#look);
    removeEventListener('offline', this.#update);
    document.removeEventListener('visibilitychange', this.#look);
  }

  /** An answer came. */
  heard(): void {
    this.#lostAt = undefined;
    this.#state = { ...this.#state, lastContact: Date.now() };
    this.#update();
  }

  /** No answer came. */
  lost(): void {
    this.#lostAt ??= Date.now();
    this.#update();
    this.#lookIn(RETRY_EVERY_MS);
  }

  /** A subscription began: the socket counts while there is one. What it returns is called at the end, once or more. */
  follow(): () => void {
    let isOver = false;
    this.#followers += 1;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#followers -= 1;
      if (this.#followers === 0) this.socket('closed');
    };
  }

  socket(event: 'connected' | 'lost' | 'closed'): void {
    this.#socketIsLost = event === 'lost' && this.#followers > 0;
    if (event === 'connected') this.heard();
    else this.#update();
    if (event === 'lost') this.#look();
  }

  readonly #update = (): void => {
    const status = this.#status();
    if (status !== this.#state.status) this.#state = { ...this.#state, status };
    for (const listener of this.#listeners) listener();
  };

  #status(): ConnectionState['status'] {
    if (!navigator.onLine) return 'offline';
    if (this.#lostAt === undefined) return this.#socketIsLost ? 'reconnecting' : 'online';
    return Date.now() - this.#lostAt > PATIENCE_MS ? 'offline' : 'reconnecting';
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#look, ms);
  }

  readonly #look = (): void => {
    this.#lookIn(LOOK_EVERY_MS);
    if (document.hidden) return;
    fetch('/livez', { signal: AbortSignal.timeout(5_000), cache: 'no-store' }).then(
      ({ ok }) => (ok ? this.heard() : this.lost()),
      () => this.lost(),
    );
  };
}

export const connection = new Connection();

export const useConnection = (): ConnectionState => useSyncExternalStore(connection.subscribe, connection.snapshot);
