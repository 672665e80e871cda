export type Kind = 'hot' | 'persisted' | 'any' | 'trivial';

/** How PostGraphile's generated schema says what the others' says. */
export type Dialect = 'own' | 'postgraphile';

/** More than a server may keep compiled, fewer than it keeps parsed. */
const ANY_DOCUMENTS = 256;

const LISTS: Readonly<Record<Dialect, string>> = {
  own: '{ agents(limit: 20) { items { id name role description tools { id name } } } }',
  postgraphile: `{ allAgents(first: 20, condition: { tenantId: "demo" }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
    nodes { id: rowId name role description
      agentToolsByTenantIdAndAgentId { nodes { toolByTenantIdAndToolId { id: rowId name } } } } } }`,
};

/** The documents that are sent in turn: one for a hot or persisted document, many that differ in their name for any. */
export function documentsOf(kind: Kind, dialect: Dialect): string[] {
  if (kind === 'trivial') return ['{ __typename }'];
  if (kind !== 'any') return [`query Agents ${LISTS[dialect]}`];
  return Array.from({ length: ANY_DOCUMENTS }, (_, index) => `query Agents${index} ${LISTS[dialect]}`);
}

interface Tool {
  readonly id: string;
  readonly name: string;
}
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly description: string;
  readonly tools: readonly Tool[];
}
interface OwnData {
  readonly agents: { readonly items: readonly Agent[] };
}
interface PostgraphileData {
  readonly allAgents: {
    readonly nodes: readonly (Omit<Agent, 'tools'> & {
      readonly agentToolsByTenantIdAndAgentId: {
        readonly nodes: readonly { readonly toolByTenantIdAndToolId: Tool }[];
      };
    })[];
  };
}

/** The agents of an answer, in the form that all share; PostGraphile cannot order tools by name, so that is done here. */
export function agentsOf(data: unknown, dialect: Dialect): readonly Agent[] {
  if (dialect === 'own') return (data as OwnData).agents.items;
  return (data as PostgraphileData).allAgents.nodes.map(({ agentToolsByTenantIdAndAgentId, ...agent }) => ({
    ...agent,
    tools: agentToolsByTenantIdAndAgentId.nodes
      .map(({ toolByTenantIdAndToolId }) => toolByTenantIdAndToolId)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
}
