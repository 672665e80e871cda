/** What the success criteria SC-001 to SC-004 speak of. */
export type Kind = 'CRUD' | 'runAgent' | 'history page' | 'trivial query';

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Step {
  readonly kind: Kind;
  readonly operation: (client: ClientState) => Operation;
  readonly keep?: (data: Answer, client: ClientState) => void;
}

/** What a client knows while it goes through the steps. */
interface ClientState {
  readonly name: string;
  readonly deepCursor: string;
  cycle: number;
  toolId: string;
  agentId: string;
}

type Answer = Readonly<Record<string, { readonly id: string }>>;

const step = (
  kind: Kind,
  query: string,
  variables: (client: ClientState) => Readonly<Record<string, unknown>>,
  keep?: Step['keep'],
): Step => ({
  kind,
  operation: (client) => ({ query, variables: variables(client) }),
  ...(keep && { keep }),
});

const TOOL = '{ id name description createdAt updatedAt }';
const AGENT = '{ id name role description tools { id name } createdAt updatedAt }';
const EXECUTIONS = '{ items { id agentId agentName prompt model response createdAt } nextCursor';

const RUN_AGENT = 'mutation ($input: RunAgentInput!) { runAgent(input: $input) { id response warnings createdAt } }';
const runInput = ({ agentId }: ClientState, task: string) => ({ input: { agentId, task, model: 'gpt-4o' } });

const label = (what: string, { name, cycle }: ClientState): string => `${what} ${name}-${cycle}`;

/** One round of a client's work; it leaves nothing behind but two executions. */
const STEPS: readonly Step[] = [
  step(
    'CRUD',
    `mutation ($input: CreateToolInput!) { createTool(input: $input) ${TOOL} }`,
    (client) => ({ input: { name: label('tool', client), description: 'Searches the web.' } }),
    (data, client) => (client.toolId = data.createTool!.id),
  ),
  step('CRUD', `query ($id: ID!) { tool(id: $id) ${TOOL} }`, ({ toolId }) => ({ id: toolId })),
  step('trivial query', '{ __typename }', () => ({})),
  step(
    'CRUD',
    `mutation ($id: ID!, $input: UpdateToolInput!) { updateTool(id: $id, input: $input) ${TOOL} }`,
    (client) => ({
      id: client.toolId,
      input: { description: `Searches the web again, ${client.cycle}.` },
    }),
  ),
  step('CRUD', `query { tools(limit: 20) { items ${TOOL} nextCursor } }`, () => ({})),
  step(
    'CRUD',
    `mutation ($input: CreateAgentInput!) { createAgent(input: $input) ${AGENT} }`,
    (client) => ({ input: { name: label('agent', client), role: 'researcher', toolIds: [client.toolId] } }),
    (data, client) => (client.agentId = data.createAgent!.id),
  ),
  step('history page', `query { executions(limit: 20) ${EXECUTIONS} } }`, () => ({})),
  step('CRUD', `query ($id: ID!) { agent(id: $id) ${AGENT} }`, ({ agentId }) => ({ id: agentId })),
  step('runAgent', RUN_AGENT, (client) => runInput(client, 'Find information about Python')),
  step(
    'CRUD',
    `mutation ($id: ID!, $input: UpdateAgentInput!) { updateAgent(id: $id, input: $input) ${AGENT} }`,
    (client) => ({
      id: client.agentId,
      input: { role: 'senior researcher' },
    }),
  ),
  step(
    'history page',
    `query ($after: String!) { executions(limit: 20, after: $after) ${EXECUTIONS} } }`,
    (client) => ({
      after: client.deepCursor,
    }),
  ),
  step('runAgent', RUN_AGENT, (client) => runInput(client, 'Sum up what is known of Postgres')),
  step('CRUD', `query { agents(limit: 20) { items ${AGENT} nextCursor } }`, () => ({})),
  step('trivial query', '{ __typename }', () => ({})),
  step('CRUD', `mutation ($id: ID!) { deleteAgent(id: $id) { id } }`, ({ agentId }) => ({ id: agentId })),
  step('CRUD', `mutation ($id: ID!) { deleteTool(id: $id) { id } }`, ({ toolId }) => ({ id: toolId })),
  step('history page', `query { executions(limit: 20, offset: 10000) ${EXECUTIONS} totalCount } }`, () => ({})),
];

export const STEP_COUNT = STEPS.length;

/** A client of the mixed load: asks for its next operation, and is told the answer of each before it asks again. */
export class ScenarioClient {
  readonly #state: ClientState;
  #next = 0;

  constructor(options: { readonly name: string; readonly deepCursor: string }) {
    this.#state = { ...options, cycle: 0, toolId: '', agentId: '' };
  }

  next(): { readonly kind: Kind; readonly operation: Operation; readonly keep: (data: unknown) => void } {
    const { kind, operation, keep } = STEPS[this.#next % STEP_COUNT]!;
    this.#next += 1;
    if (this.#next % STEP_COUNT === 0) this.#state.cycle += 1;
    return {
      kind,
      operation: operation(this.#state),
      keep: (data) => keep?.(data as Answer, this.#state),
    };
  }
}
