// mercurius on fastify with graphql-jit, which compiles each document at its second use; its own loaders batch the tools.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { announce, createPool, readAgents, readToolsOf, typeDefs } from './agents.mjs';

const pool = createPool();
const app = Fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: { Query: { agents: async (_source, { limit }) => ({ items: await readAgents(pool, limit) }) } },
  loaders: {
    Agent: {
      tools: {
        loader: (queries) =>
          readToolsOf(
            pool,
            queries.map(({ obj }) => obj.id),
          ),
        opts: { cache: false },
      },
    },
  },
  jit: 1,
  persistedQueries: { bench: process.env.BENCH_DOCUMENT },
});
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address().port);
