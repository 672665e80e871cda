import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { pino } from 'pino';
import 'reflect-metadata';
import {
  Arg,
  Ctx,
  Field,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { loadConfig } from '../../src/config/index.js';
import { answerBounds } from '../../src/graphql/answer-bounds.js';
import { buildTriagedSchema } from '../../src/graphql/index.js';
import { createTriagedServer } from '../../src/http/index.js';
import type { TriagedServer, TriagedServerOptions } from '../../src/http/index.js';
import { Auth } from '../../src/kernel/auth.js';
import type { Actor, Role } from '../../src/kernel/actor.js';
import { ofDatabase } from '../../src/kernel/database-errors.js';
import { TriagedError } from '../../src/kernel/errors.js';
import type { GraphQLContext } from '../../src/kernel/graphql-context.js';
import type { TenantId } from '../../src/kernel/ids.js';
import { SharedEvents } from '../../src/kernel/shared-events.js';

export const SECRET = 'sk-ant-a-secret-that-no-client-may-see';

@ObjectType({ description: 'A thing that nests.' })
class Thing {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Thing, { description: 'One more.' })
  get inner(): Thing {
    return Object.assign(new Thing(), { name: 'inner' });
  }
}

@InputType({ description: 'What to say.' })
class SayInput {
  @Field(() => String, { description: 'The text.' })
  text!: string;

  @Field(() => Int, { description: 'How often.' })
  times!: number;
}

/** Counts up until it is returned; `return()` wakes a parked `next()`. */
export class Ticks implements AsyncIterableIterator<number> {
  static open = 0;
  #at = 0;
  #ended = false;
  readonly #wake = new AbortController();
  constructor(private readonly everyMs: number) {
    Ticks.open += 1;
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
  async next(): Promise<IteratorResult<number>> {
    await sleep(this.everyMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    return this.#ended ? { done: true, value: undefined } : { done: false, value: this.#at++ };
  }
  async return(): Promise<IteratorResult<number>> {
    if (!this.#ended) Ticks.open -= 1;
    this.#ended = true;
    this.#wake.abort();
    return { done: true, value: undefined };
  }
}

@ObjectType({ description: 'A piece of something that many follow.' })
export class Piece {
  /** How often a piece was resolved. */
  static resolved = 0;
  /** What every follower is given: short, long, and one with every kind of character. */
  static readonly all: readonly Piece[] = ['short', 'long, "quoted" '.repeat(4000), '\u0000€😀\u2028'.repeat(9000)].map(
    (text, number) => Object.freeze(Object.assign(new Piece(), { number, text })),
  );

  @Field(() => Int, { description: 'Its place.' })
  number!: number;

  @Field(() => String, { description: 'What it says.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'Fails for the second piece.' })
  get fault(): string {
    if (this.number === 1) throw new Error(`unexpected: ${SECRET}`);
    return 'none';
  }

  static async *follow(last: number): AsyncGenerator<Piece> {
    for (const piece of Piece.all.slice(0, last)) {
      await sleep(5);
      yield piece;
    }
  }
}

/** How many pieces were asked for, until now. */
export const flooded = { pieces: 0, open: 0 };

async function* flood(): AsyncGenerator<string> {
  flooded.open += 1;
  try {
    for (;;) {
      // The sockets' turn.
      await setImmediate();
      flooded.pieces += 1;
      yield 'x'.repeat(1024 ** 2);
    }
  } finally {
    flooded.open -= 1;
  }
}

const lastOf = ({ last = 3 }: { readonly last?: number }): number => last;

const pauseOf = ({ everyMs = 10 }: { readonly everyMs?: number }): number => everyMs;

class DatabaseError extends Error {
  readonly code = 'ECONNREFUSED';
}

/** How many slow requests have begun, until now. */
export const slow = { begun: 0 };

@Resolver()
class SmallResolver {
  #executions = 0;

  @Auth('VIEWER')
  @Query(() => String, { description: 'Who asks.' })
  whoami(@Ctx() { actor }: GraphQLContext): string {
    return `${actor.tenantId} ${actor.role}`;
  }

  @Auth('VIEWER')
  @Query(() => Thing, { description: 'A thing.' })
  thing(): Thing {
    return Object.assign(new Thing(), { name: 'outer' });
  }

  @Auth('VIEWER')
  @Query(() => [Thing], { description: 'None, however many are asked for.' })
  things(@Arg('limit', () => Int, { nullable: true, description: 'How many at most.' }) _limit?: number): Thing[] {
    return [];
  }

  @Auth('ADMIN')
  @Query(() => String, { description: 'For administrators.' })
  secretOfAdmins(): string {
    return SECRET;
  }

  @Auth('ADMIN')
  @Query(() => String, { nullable: true, description: 'For administrators; null for the others.' })
  adminsOrNobody(): string {
    return SECRET;
  }

  @Auth('VIEWER')
  @Query(() => String, { nullable: true, description: 'Fails in the way asked for.' })
  async fail(
    @Arg('how', () => String, { description: 'NOT_FOUND, secret, database or slow.' }) how: string,
  ): Promise<string> {
    if (how === 'secret') throw new Error(`unexpected: ${SECRET}`);
    if (how === 'database') throw ofDatabase(new DatabaseError('connect ECONNREFUSED 127.0.0.1:5432'));
    if (how === 'slow') {
      slow.begun += 1;
      return sleep(300, 'done');
    }
    throw new TriagedError('NOT_FOUND', 'There is no such thing.', { id: 'x' });
  }

  @Auth('OPERATOR')
  @Mutation(() => String, { description: 'Says a text.' })
  say(@Arg('input', () => SayInput, { description: 'What.' }) input: SayInput): string {
    return input.text.repeat(input.times);
  }

  @Auth('OPERATOR')
  @Mutation(() => Int, { description: 'Starts an agent, as far as the quota is concerned.' })
  runAgent(): number {
    return ++this.#executions;
  }

  @Auth('OPERATOR')
  @Mutation(() => String, { description: 'Ends one.' })
  cancelTriage(): string {
    return 'cancelled';
  }

  @Auth('VIEWER')
  @Subscription(() => Int, {
    description: 'Counts up.',
    subscribe: ({ args }: { readonly args: { readonly everyMs?: number } }) => new Ticks(pauseOf(args)),
  })
  ticks(
    @Root() tick: number,
    @Arg('everyMs', () => Int, { nullable: true, description: 'Pause.' }) everyMs?: number,
  ): number {
    if (everyMs === 13 && tick === 1) throw new Error(`unexpected: ${SECRET}`);
    return tick;
  }

  @Auth('OPERATOR')
  @SharedEvents()
  @Subscription(() => Piece, {
    description: 'Pieces; each is answered once for all.',
    subscribe: ({ args }: { readonly args: { readonly last?: number } }) => Piece.follow(lastOf(args)),
  })
  sharedPieces(
    @Root() piece: Piece,
    @Arg('last', () => Int, { nullable: true, description: 'How many.' }) _last?: number,
  ): Piece {
    Piece.resolved += 1;
    return piece;
  }

  @Auth('OPERATOR')
  @Subscription(() => Piece, {
    description: 'Pieces; each is answered for each subscriber.',
    subscribe: ({ args }: { readonly args: { readonly last?: number } }) => Piece.follow(lastOf(args)),
  })
  ownPieces(
    @Root() piece: Piece,
    @Arg('last', () => Int, { nullable: true, description: 'How many.' }) _last?: number,
  ): Piece {
    Piece.resolved += 1;
    return piece;
  }

  @Auth('VIEWER')
  @Subscription(() => String, { description: 'A MiB as often as it is taken.', subscribe: () => flood() })
  flood(@Root() text: string): string {
    return text;
  }

  @Auth('ADMIN')
  @Subscription(() => Int, { description: 'Counts up for administrators.', subscribe: () => new Ticks(10) })
  adminTicks(@Root() tick: number): number {
    return tick;
  }
}

export const smallSchema = () => buildTriagedSchema({ resolvers: new Map([[SmallResolver, new SmallResolver()]]) });

const actor = (role: Role, tenantId = 'acme'): Actor => ({
  role,
  tenantId: tenantId as TenantId,
  keyId: `tri_${role.toLowerCase()}`,
});

export interface SmallServer {
  readonly server: TriagedServer;
  readonly url: string;
  /** Everything that was logged. */
  readonly log: () => string;
  /** Keys `admin`, `operator` and `viewer` of tenant acme; a test may revoke them. */
  readonly keys: Map<string, Actor>;
  readonly close: () => Promise<void>;
}

/** A server over a small schema: real HTTP, real sockets, no database. */
export async function startSmallServer(options: Partial<TriagedServerOptions> = {}): Promise<SmallServer> {
  const keys = new Map([
    ['admin', actor('ADMIN')],
    ['operator', actor('OPERATOR')],
    ['viewer', actor('VIEWER')],
  ]);
  let log = '';
  const server = await createTriagedServer({
    schema: smallSchema(),
    bounds: answerBounds(loadConfig({}).platform),
    authenticate: (key) => keys.get(key),
    readiness: async () => ({ ok: true, reasons: [] }),
    allowedOrigins: ['https://dashboard.example.com'],
    logger: pino({ level: 'debug' }, { write: (line: string) => void (log += line) }),
    isProduction: false,
    dashboardDirectory: path.resolve(import.meta.dirname, '../../dist/dashboard'),
    playgroundDirectory: path.resolve(import.meta.dirname, '../../dist/playground'),
    ...options,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return { server, url: `http://127.0.0.1:${port}`, log: () => log, keys, close: () => server.close(2_000) };
}
