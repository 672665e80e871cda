import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { graphql } from './generated/gql.ts';

const { TRIAGED_URL = 'http://127.0.0.1:4000', TRIAGED_API_KEY = '' } = process.env;
const endpoint = `${TRIAGED_URL}/graphql`;
const sockets = createClient({
  url: endpoint.replace('http', 'ws'),
  connectionParams: { 'X-API-KEY': TRIAGED_API_KEY },
});
const http = new HttpLink({ uri: endpoint, headers: { 'x-api-key': TRIAGED_API_KEY } });
const isSubscription = ({ operationType }: ApolloLink.Operation) => operationType === 'subscription';
const link = ApolloLink.split(isSubscription, new GraphQLWsLink(sockets), http);
const client = new ApolloClient({ link, cache: new InMemoryCache() });

const Runs = graphql(`
  query Runs {
    triageRuns(limit: 1) {
      items {
        id
        state
        log {
          bytes
        }
      }
    }
  }
`);
const Output = graphql(`
  subscription Output($runId: ID!) {
    triageOutput(runId: $runId) {
      nextOffset
    }
  }
`);

const { data } = await client.query({ query: Runs });
for (const { id, state, log } of data?.triageRuns.items ?? []) {
  console.log(`run ${id} is ${state}, its log has ${log.bytes} bytes`);
  client.subscribe({ query: Output, variables: { runId: id } }).subscribe({
    next: (result) => console.log(`followed to byte ${result.data?.triageOutput.nextOffset}`),
    error: (error) => console.error(error),
    complete: () => console.log('the log has ended'),
  });
}
