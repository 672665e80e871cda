import { setTimeout as delay } from 'node:timers/promises';
import { graphqlRequest, HttpConnection } from '../harness/http-connection.js';
import { ScenarioClient, STEP_COUNT, type Kind } from './scenario.js';

export interface MixedFigures {
  /** Milliseconds of every timed request, by kind. */
  readonly latencies: ReadonlyMap<Kind, number[]>;
  readonly perSecond: number;
  readonly errors: number;
  /** The first of them. */
  readonly firstError: string | undefined;
}

const CLIENTS = 100;
const TIMEOUT_MS = 10_000;

/** A hundred clients, each with a connection of its own, going through the scenario again and again. */
export class MixedLoad {
  readonly #latencies = new Map<Kind, number[]>();
  #errors = 0;
  #firstError: string | undefined;
  #isTimed = false;

  private constructor(
    private readonly clients: readonly { connection: HttpConnection; scenario: ScenarioClient; last: Promise<void> }[],
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  static async open(server: { port: number; apiKey: string }, name: string): Promise<MixedLoad> {
    const headers = { 'x-api-key': server.apiKey };
    const deepCursor = await cursorAt(server.port, headers, 10_000);
    const clients = Array.from({ length: CLIENTS }, async (_, index) => ({
      connection: await HttpConnection.open(server.port),
      scenario: new ScenarioClient({ name: `${name}-${index}`, deepCursor }),
      last: Promise.resolve(),
    }));
    return new MixedLoad(await Promise.all(clients), headers);
  }

  /** One client goes through every step. Throws at the first answer that is not right. */
  async check(): Promise<void> {
    for (let step = 0; step < STEP_COUNT; step += 1) await this.#ask(0, performance.now());
    if (this.#errors > 0) throw new Error(`The scenario does not work: ${this.#firstError ?? 'no reason given'}`);
  }

  /** Puts the clients at different steps, so that the load is mixed at every moment. Throws when a step fails. */
  async spread(): Promise<void> {
    await Promise.all(
      this.clients.map(async (_, index) => {
        for (let step = 0; step < index % STEP_COUNT; step += 1) await this.#ask(index, performance.now());
      }),
    );
    if (this.#errors > 0) throw new Error(`The scenario does not work: ${this.#firstError ?? 'no reason given'}`);
  }

  /**
   * So many requests a second, at even intervals, whatever the server does: latencies count from the moment a request was
   * due, so that a server that stalls is not asked less.
   */
  async steady(perSecond: number, warmUpMs: number, durationMs: number): Promise<MixedFigures> {
    const began = performance.now();
    const total = Math.round(((warmUpMs + durationMs) / 1000) * perSecond);
    for (let sent = 0; sent < total;) {
      const due = began + (sent * 1000) / perSecond;
      if (due > performance.now()) {
        await delay(1);
        continue;
      }
      this.#isTimed = due - began >= warmUpMs;
      this.#queue(sent % CLIENTS, due);
      sent += 1;
    }
    await Promise.all(this.clients.map(({ last }) => last));
    return this.#figures(durationMs);
  }

  /** All clients as fast as they can. */
  async flood(durationMs: number): Promise<MixedFigures> {
    this.#isTimed = true;
    const began = performance.now();
    const asking = this.clients.map(async (_, index) => {
      while (performance.now() - began < durationMs) await this.#ask(index, performance.now());
    });
    await Promise.all(asking);
    return this.#figures(performance.now() - began);
  }

  close(): void {
    for (const { connection } of this.clients) connection.close();
  }

  /** Behind what this client was still waiting for. */
  #queue(index: number, due: number): void {
    const client = this.clients[index]!;
    const isTimed = this.#isTimed;
    client.last = client.last.then(() => this.#ask(index, due, isTimed));
  }

  async #ask(index: number, due: number, isTimed = this.#isTimed): Promise<void> {
    const { connection, scenario } = this.clients[index]!;
    const { kind, operation, keep } = scenario.next();
    const timer = setTimeout(() => connection.close(), TIMEOUT_MS);
    try {
      const { status, body } = await connection.exchange(graphqlRequest(operation, this.headers));
      if (isTimed) this.#latenciesOf(kind).push(performance.now() - due);
      const { data, errors } = JSON.parse(body.toString()) as { data?: unknown; errors?: unknown };
      if (status !== 200 || errors !== undefined) throw new Error(`${status} ${body.toString().slice(0, 300)}`);
      keep(data);
    } catch (error) {
      this.#errors += 1;
      this.#firstError ??= `${kind}: ${String(error)}`;
      await delay(10);
    } finally {
      clearTimeout(timer);
    }
  }

  #latenciesOf(kind: Kind): number[] {
    const latencies = this.#latencies.get(kind) ?? [];
    this.#latencies.set(kind, latencies);
    return latencies;
  }

  #figures(durationMs: number): MixedFigures {
    const latencies = new Map(this.#latencies);
    const count = [...latencies.values()].reduce((sum, each) => sum + each.length, 0);
    const figures = {
      latencies,
      perSecond: (count / durationMs) * 1000,
      errors: this.#errors,
      firstError: this.#firstError,
    };
    this.#latencies.clear();
    this.#errors = 0;
    this.#firstError = undefined;
    return figures;
  }
}

/** The cursor behind so many executions. */
export async function cursorAt(port: number, headers: Readonly<Record<string, string>>, row: number): Promise<string> {
  const connection = await HttpConnection.open(port);
  try {
    const query = `{ executions(limit: 1, offset: ${row - 1}) { nextCursor } }`;
    const { body } = await connection.exchange(graphqlRequest({ query }, headers));
    const { data } = JSON.parse(body.toString()) as { data: { executions: { nextCursor: string | null } } | null };
    if (typeof data?.executions.nextCursor === 'string') return data.executions.nextCursor;
    throw new Error(`There is no page behind row ${row}: ${body.toString().slice(0, 300)}`);
  } finally {
    connection.close();
  }
}
