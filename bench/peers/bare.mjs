// The baseline: node:http, graphql-js, pg and DataLoader, with documents cached once they were parsed and validated.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import DataLoader from 'dataloader';
import { buildSchema, execute, parse, validate } from 'graphql';
import { createPool, listen, readAgents, readToolsOf, typeDefs } from './agents.mjs';

const pool = createPool();
const schema = buildSchema(typeDefs);
schema.getQueryType().getFields().agents.resolve = async (_source, { limit }) => ({
  items: await readAgents(pool, limit),
});
schema.getType('Agent').getFields().tools.resolve = ({ id }, _args, { tools }) => tools.load(id);

const documents = new Map();
const CACHED_DOCUMENTS = 10_000;

function documentOf(query) {
  const known = documents.get(query);
  if (known) return known;
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) throw errors[0];
  if (documents.size < CACHED_DOCUMENTS) documents.set(query, document);
  return document;
}

async function answer(request) {
  const { query, variables, operationName } = await json(request);
  const contextValue = { tools: new DataLoader((ids) => readToolsOf(pool, ids)) };
  return execute({ schema, document: documentOf(query), variableValues: variables, operationName, contextValue });
}

listen(
  createServer((request, response) => {
    answer(request).then(
      (result) => {
        const body = JSON.stringify(result);
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
        response.writeHead(200, headers).end(body);
      },
      (error) => response.writeHead(400).end(JSON.stringify({ errors: [{ message: String(error) }] })),
    );
  }),
);
