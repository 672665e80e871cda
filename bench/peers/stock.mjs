// The required stack as its guides put it together: type-graphql, Apollo Server on Express 5, pg and DataLoader.
// Plain JavaScript has no decorators, so they are applied by hand.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import DataLoader from 'dataloader';
import express from 'express';
import { Arg, buildSchema, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { createPool, listen, readAgents, readToolsOf } from './agents.mjs';

const pool = createPool();

function objectType(name, fields) {
  const type = { [name]: class {} }[name];
  for (const [field, fieldType] of Object.entries(fields)) Field(fieldType)(type.prototype, field);
  ObjectType()(type);
  return type;
}
const text = () => String;
const id = () => ID;
const Tool = objectType('Tool', { id, name: text, description: text });
const Agent = objectType('Agent', { id, name: text, role: text, description: text });
const AgentPage = objectType('AgentPage', { items: () => [Agent] });

class AgentResolver {
  async agents(limit) {
    return { items: await readAgents(pool, limit) };
  }
  tools(agent, { tools }) {
    return tools.load(agent.id);
  }
}
const decorate = (method, decorator, ...parameters) => {
  parameters.forEach((parameter, index) => parameter(AgentResolver.prototype, method, index));
  decorator(AgentResolver.prototype, method, Object.getOwnPropertyDescriptor(AgentResolver.prototype, method));
};
decorate(
  'agents',
  Query(() => AgentPage),
  Arg('limit', () => Int, { defaultValue: 20 }),
);
decorate(
  'tools',
  FieldResolver(() => [Tool]),
  Root(),
  Ctx(),
);
Resolver(() => Agent)(AgentResolver);

const schema = await buildSchema({ resolvers: [AgentResolver], validate: false });
const app = express();
const httpServer = createServer(app);
const apollo = new ApolloServer({ schema, plugins: [ApolloServerPluginDrainHttpServer({ httpServer })] });
await apollo.start();
const context = async () => ({ tools: new DataLoader((ids) => readToolsOf(pool, ids)) });
app.use('/graphql', express.json(), expressMiddleware(apollo, { context }));
listen(httpServer);
