/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Which agents a list holds; all of them unless something is given. */
export type AgentFilter = {
  /** Only the agents that have the tool of exactly this name. */
  toolName?: string | null | undefined;
};

/** A command-line AI agent. */
export type AiAgent =
  | 'CLAUDE_CODE'
  | 'CODEX_CLI'
  | 'GEMINI_CLI'
  | 'GOOSE'
  | 'OPENCODE';

/** What may be spent. What is left out stays; null is without limit. */
export type AiAgentBudgetInput = {
  /** Estimated cost in US dollars: 0.000001 to 1,000,000. Tokens of a model without a price count as dear as any that the server knows. */
  costUsd?: number | null | undefined;
  /** Tokens of every kind: 1 to 10^12. */
  tokens?: number | null | undefined;
};

/** What was done. */
export type AuditAction =
  /** An agent of the platform was created. */
  | 'AGENT_CREATED'
  /** An agent of the platform was deleted. */
  | 'AGENT_DELETED'
  /** An agent of the platform was changed, or given other tools. */
  | 'AGENT_UPDATED'
  /** A revision of the configuration of an AI agent was saved. */
  | 'AI_AGENT_CONFIGURED'
  /** An AI agent's limits were changed. */
  | 'AI_AGENT_LIMITS_SET'
  /** One of its limits refused model calls of an AI agent: told once in each window of the limit, and once for each run. */
  | 'AI_AGENT_LIMIT_REACHED'
  /** An AI agent was removed from its instance. */
  | 'AI_AGENT_REMOVED'
  /** A cluster was asked again what its credential may do. */
  | 'CLUSTER_CHECKED'
  /** The sealed credential that was replaced while runs used it was destroyed after their end. */
  | 'CLUSTER_CREDENTIAL_DESTROYED'
  /** A cluster was deleted. */
  | 'CLUSTER_DELETED'
  /** A cluster was registered. */
  | 'CLUSTER_REGISTERED'
  /** A cluster was renamed or given another kubeconfig. */
  | 'CLUSTER_UPDATED'
  /** An AI agent's connection to its provider was tested. */
  | 'CONNECTION_TESTED'
  /** The first key of an AI agent was stored. */
  | 'CREDENTIAL_CREATED'
  /** The sealed key of a version that is used no more was destroyed. */
  | 'CREDENTIAL_DESTROYED'
  /** The active key of what was removed serves from now on only what has pinned it. */
  | 'CREDENTIAL_RETIRED'
  /** A key was revoked. */
  | 'CREDENTIAL_REVOKED'
  /** A new key was stored in place of the one before; the version is the new one. */
  | 'CREDENTIAL_ROTATED'
  /** An agent was given a task with the key of an instance's AI agent; the execution that it names is kept when the model answers. */
  | 'EXECUTION_STARTED'
  /** An instance was created. */
  | 'INSTANCE_CREATED'
  /** An instance was deleted. */
  | 'INSTANCE_DELETED'
  /** A running instance was pinned anew. */
  | 'INSTANCE_RESTARTED'
  /** An instance was started, and what was configured was pinned. */
  | 'INSTANCE_STARTED'
  /** An instance was stopped. */
  | 'INSTANCE_STOPPED'
  /** An instance was renamed, or its egress list or another setting was changed. */
  | 'INSTANCE_UPDATED'
  /** The end of a triage run was asked for. */
  | 'RUN_CANCELLED'
  /** A triage run was queued. */
  | 'RUN_STARTED'
  /** A tool was created. */
  | 'TOOL_CREATED'
  /** A tool was deleted. */
  | 'TOOL_DELETED'
  /** A tool was changed. */
  | 'TOOL_UPDATED';

/** Which events a list holds; all conditions must be met. */
export type AuditEventFilter = {
  /** Only this action. */
  action?: AuditAction | null | undefined;
  /** Only at this instant or later. */
  from?: string | null | undefined;
  /** Only of this instance, deleted or not. */
  instanceId?: string | null | undefined;
  /** Only what the API key of this readable prefix did. */
  keyId?: string | null | undefined;
  /** Only before this instant. */
  to?: string | null | undefined;
};

/** How runs prove to a cluster who they are. */
export type ClusterCredentialKind =
  /** A certificate and its private key. */
  | 'CLIENT_CERTIFICATE'
  /** A bearer token, such as a service account's. */
  | 'TOKEN';

/** Which clusters a list holds; all of them unless something is given. */
export type ClusterFilter = {
  /** Only the cluster of exactly this name. */
  name?: string | null | undefined;
};

/** The configuration of one AI agent on one instance. What is left out stays as it is; what is null goes back to its default. */
export type ConfigureAiAgentInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** For runs that name none: 1 to 64 of `Read`, `Bash(kubectl get:*)`. Claude Code alone can be kept to a list. */
  allowedTools?: Array<string> | null | undefined;
  /** The provider's API key, 8 to 512 printable ASCII characters; left out, the present key stays. */
  apiKey?: string | null | undefined;
  /** Where the provider's API is, without its own paths such as /v1: https, or http to a host on the operator's MODEL_NETWORKS. What is there has to speak the CLI's protocol: with OPENAI that is Responses for Codex CLI and OpenCode, see ModelProvider. Another base URL takes its apiKey with it. Null for the operator's choice. */
  baseUrl?: string | null | undefined;
  /** The instance. */
  instanceId: string;
  /** The model; null for the CLI's default. */
  model?: string | null | undefined;
  /** OpenCode and Goose take any; the others have one. Another provider takes its apiKey, and drops the model and base URL of the one before. */
  provider?: ModelProvider | null | undefined;
  /** All of the CLI's own settings, in its own names; those that are not known are refused. They take the place of the ones before. */
  settings?: Record<string, unknown> | null | undefined;
};

/** Why a connection test failed. */
export type ConnectionFailureClass =
  /** What is configured will not do: the files, the base URL, or something else that the provider refuses. */
  | 'BAD_CONFIG'
  /** The provider's host name has no address that this server can find. */
  | 'DNS'
  /** The provider does not have the model, or not for this key. */
  | 'MODEL_NOT_FOUND'
  /** The key's rate limit, quota or credit is used up. */
  | 'QUOTA'
  /** The provider did not answer in time. */
  | 'TIMEOUT'
  /** The provider's certificate is not one that this server trusts for that name. */
  | 'TLS'
  /** The provider does not accept the API key, or not for this. */
  | 'UNAUTHORIZED'
  /** The provider cannot be reached, failed, or gave an answer that cannot be read. */
  | 'UPSTREAM';

/** A new agent. */
export type CreateAgentInput = {
  /** What it is for, in at most 1,000 characters, unless the operator set another bound. */
  description?: string;
  /** 1 to 100 characters on one line, unless the operator set another bound; white space around it is dropped. Unique in the tenant. */
  name: string;
  /** What it is, in 1 to 100 characters on one line, unless the operator set another bound. */
  role: string;
  /** Its tools, at most 25, none of them twice. */
  toolIds?: Array<string>;
};

/** A new instance. */
export type CreateInstanceInput = {
  /** 1 to 100 characters, unique among the instances of the tenant. */
  name: string;
};

/** A new tool. */
export type CreateToolInput = {
  /** What it does, in at most 1,000 characters, unless the operator set another bound. */
  description?: string;
  /** 1 to 100 characters on one line, unless the operator set another bound; white space around it is dropped. Unique in the tenant. */
  name: string;
};

/** What a version of an API key is good for. */
export type CredentialState =
  /** The next start pins it. */
  | 'ACTIVE'
  /** Serves nothing any more. */
  | 'REVOKED'
  /** Replaced; serves only what has pinned it. */
  | 'ROTATED';

/** Which executions a list holds; all conditions must be met. */
export type ExecutionFilter = {
  /** Only of this agent, deleted or not. */
  agentId?: string | null | undefined;
  /** Only at this instant or later. */
  from?: string | null | undefined;
  /** Only of this model. */
  model?: string | null | undefined;
  /** Only before this instant. */
  to?: string | null | undefined;
};

/** Which instances a list holds; all conditions must be met. */
export type InstanceFilter = {
  /** Only the instance of exactly this name. */
  name?: string | null | undefined;
  /** Only instances that stand so. */
  state?: InstanceState | null | undefined;
};

/** Whether an instance takes runs. */
export type InstanceState =
  /** Takes runs, each with what the start pinned. */
  | 'RUNNING'
  /** Takes no runs; what is configured is pinned by the next start. */
  | 'STOPPED';

/** How an agent comes by the provider's key. */
export type KeyDelivery =
  /** The agent holds a token that is good for its run at the gateway alone; the gateway puts the key in its place. */
  | 'BROKERED'
  /** The key stands in the agent's environment, where the agent can read it. */
  | 'ENVIRONMENT';

/** Why a model call counts as an error. */
export type ModelCallErrorClass =
  /** The provider ended its answer before it was whole. */
  | 'CUT'
  /** The provider refused the request: any other 4xx. */
  | 'INVALID_REQUEST'
  /** The provider failed: 5xx, or an error that its answer reported later. */
  | 'PROVIDER_ERROR'
  /** The provider refused because of its own limits: 429. */
  | 'RATE_LIMITED'
  /** The gateway refused what the call asked for, or how: nothing was sent. */
  | 'REFUSED'
  /** The provider did not begin to answer in time. */
  | 'TIMEOUT'
  /** The provider refused the instance's key: 401 or 403. */
  | 'UNAUTHORIZED'
  /** The provider could not be reached. */
  | 'UNREACHABLE';

/** Whose protocol an AI agent speaks to its model. */
export type ModelProvider =
  /** Anthropic Messages. */
  | 'ANTHROPIC'
  /** Google Generative Language. */
  | 'GOOGLE'
  /** OpenAI: Codex CLI and OpenCode speak Responses and nothing else; Goose speaks Responses for models that reason (`o3`, `gpt-5` and the like) and Chat Completions for the others. */
  | 'OPENAI';

/** What answered the model calls. */
export type ModelUpstreamKind =
  /** The real provider. */
  | 'HTTP'
  /** The built-in script: no model was asked. */
  | 'MOCK';

/** What an AI agent's provider can do for it beyond answering, on its own side, outside of a run's confinement. */
export type ProviderFeature =
  /** The provider works on after the call has ended; what it spends then is not counted. */
  | 'BACKGROUND'
  /** The provider runs code of the agent in a container of its own. */
  | 'CODE_EXECUTION'
  /** Files and stores of files that the provider keeps may be used. */
  | 'FILES'
  /** The provider makes images with another model; what it spends on them is not counted. */
  | 'IMAGE_GENERATION'
  /** The provider connects to MCP servers that the agent names. */
  | 'REMOTE_MCP'
  /** The provider keeps requests and answers, and continues earlier ones: stored responses, conversations, threads, prompts, cached content. */
  | 'STORED_STATE'
  /** Fields, tools and content that this server does not know pass unseen, whatever they do. For a CLI that is newer than the server. */
  | 'UNLISTED'
  /** Images, documents and schemas may be given by URL, which the provider fetches. */
  | 'URL_SOURCES'
  /** The provider fetches pages that the agent names. */
  | 'WEB_FETCH'
  /** The provider searches the web; the agent chooses the words. */
  | 'WEB_SEARCH';

/** A new cluster. */
export type RegisterClusterInput = {
  /** Which of the kubeconfig's contexts; its current one unless given. */
  context?: string | null | undefined;
  /** At most 256 KiB of YAML or JSON. Server, CA and a token or client certificate are taken from one context; what would run programs, read files or go through a proxy is refused. docs/clusters.md shows how to make one. */
  kubeconfig: string;
  /** 1 to 100 characters on one line, unless the operator set another bound. Unique in the tenant. */
  name: string;
};

/** A version of an API key that must serve nothing any more. */
export type RevokeAiAgentKeyInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** The instance. */
  instanceId: string;
  /** Which version; left out, the active one. */
  version?: number | null | undefined;
};

/** A new API key for an AI agent that has one. */
export type RotateAiAgentKeyInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** The provider's API key, 8 to 512 printable ASCII characters. */
  apiKey: string;
  /** The instance. */
  instanceId: string;
};

/** A task for an agent. */
export type RunAgentInput = {
  /** The agent. */
  agentId: string;
  /** Whose key, base URL and limits hold, of the AI agents that the instance was started with; needed when several are of the model's provider. */
  aiAgent?: AiAgent | null | undefined;
  /** A running instance: the model's provider is asked through the gateway with the key of one of its AI agents. A deterministic mock answers unless one is given. */
  instanceId?: string | null | undefined;
  /** One of the allowed models, such as gpt-4o; INVALID_MODEL lists them. */
  model: string;
  /** What it is to do, in 1 to 10,000 characters, unless the operator set another bound. */
  task: string;
};

/** How bytes become text. */
export type RunLogEncoding =
  /** Exact. */
  | 'BASE64'
  /** Cut at character boundaries; invalid bytes show as U+FFFD. */
  | 'UTF8';

/** What ran the agent. */
export type RuntimeKind =
  /** A container of its own, without network. */
  | 'DOCKER'
  /** A scripted agent, for tests. */
  | 'FAKE'
  /** A process on the server's machine, without isolation. */
  | 'LOCAL';

/** Limits of one AI agent on one instance. What is left out stays as it is; null is without limit. */
export type SetAiAgentLimitsInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** Model calls under way at once: 1 to 1,000. */
  concurrentCalls?: number | null | undefined;
  /** Of each day, in UTC, of all runs together; null lifts both of its limits. */
  dayBudget?: AiAgentBudgetInput | null | undefined;
  /** The instance. */
  instanceId: string;
  /** Model calls in a minute: 1 to 1,000,000. */
  requestsPerMinute?: number | null | undefined;
  /** Of each run; null lifts both of its limits. */
  runBudget?: AiAgentBudgetInput | null | undefined;
  /** Tokens of every kind in a minute: 1 to 10^12. */
  tokensPerMinute?: number | null | undefined;
};

/** A triage. */
export type StartTriageInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** Claude Code alone: tools such as `Read` or `Bash(kubectl get:*)`; 64 at most. */
  allowedTools?: Array<string> | null | undefined;
  /** A registered cluster, which the agent may then reach with kubectl; left out: none. */
  clusterId?: string | null | undefined;
  /** Keeps the agent's session among the artifacts. */
  debug?: boolean;
  /** Asked again with the same key and input, the first run is given; with another input, IDEMPOTENCY_CONFLICT. */
  idempotencyKey?: string | null | undefined;
  /** The incident: a JSON object as text, 256 KiB at most. */
  incident: string;
  /** A running instance. */
  instanceId: string;
  /** `64m` to `64g`; `2g` unless the server is set otherwise. */
  memory?: string | null | undefined;
  /** Left out: the instance's model, else the CLI's default. */
  model?: string | null | undefined;
  /** What to ask: 1 to 10,000 characters. */
  prompt: string;
  /** Takes the place of the generic system prompt: 1 to 10,000 characters. The form of the report is asked for all the same. */
  systemPrompt?: string | null | undefined;
  /** 1 to 86400; 600 unless the server is set otherwise. */
  timeoutSeconds?: number | null | undefined;
};

/** Which connection to test. */
export type TestAiAgentConnectionInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** The instance, running or stopped. */
  instanceId: string;
};

/** Which tools a list holds; all of them unless something is given. */
export type ToolFilter = {
  /** Only the tools of the agent of exactly this name. */
  agentName?: string | null | undefined;
};

/** How sure, or how risky. */
export type TriageReportLevel =
  /** Much. */
  | 'HIGH'
  /** Little. */
  | 'LOW'
  /** Between. */
  | 'MEDIUM';

/** What a triage came to. */
export type TriageReportOutcome =
  /** The agent found a root cause and shows what it rests on. */
  | 'ROOT_CAUSE_FOUND'
  /** It did not, and `missing` says what it would take. */
  | 'UNDETERMINED';

/** Why an ended run has no report. */
export type TriageReportProblemCode =
  /** What it left breaks the published schema. */
  | 'INVALID'
  /** The agent left no output/report.json. */
  | 'MISSING';

/** Why a run did not succeed. */
export type TriageRunFailureCode =
  /** The agent exited with a code other than 0, or was ended by a signal. */
  | 'AGENT_FAILED'
  /** Workspace and output held more than is kept of a run. */
  | 'ARTIFACT_LIMIT'
  /** A budget of the AI agent, of the run or of the day, is spent; see `setAiAgentLimits`. */
  | 'BUDGET_EXCEEDED'
  /** Another limit of the AI agent refused its last model call; see `setAiAgentLimits`. */
  | 'CALLS_LIMITED'
  /** The container stopped speaking to the server. */
  | 'CHANNEL_LOST'
  /** The container was gone when the server came back. */
  | 'CONTAINER_LOST'
  /** The container was removed from outside. */
  | 'CONTAINER_REMOVED'
  /** The key was revoked while the run used it. */
  | 'CREDENTIAL_REVOKED'
  /** The pinned key cannot be read. */
  | 'CREDENTIAL_UNREADABLE'
  /** The server failed. */
  | 'INTERNAL'
  /** The report that the agent left breaks its schema; see `reportProblem`. */
  | 'INVALID_REPORT'
  /** The provider's limit for the key is spent. */
  | 'LIMIT_REACHED'
  /** A part of the output did not arrive. */
  | 'LOG_INCOMPLETE'
  /** The log's limit, or the disk's, was reached. */
  | 'LOG_LIMIT'
  /** The agent exited with 0, but no model answered it. */
  | 'NOTHING_RUN'
  /** The agent finished without leaving output/report.json. */
  | 'NO_REPORT'
  /** The agent exited with 0 without having finished its work. */
  | 'NO_RESULT'
  /** The memory limit was reached. */
  | 'OUT_OF_MEMORY'
  /** The agent was refused a tool and left no report. */
  | 'PERMISSION_DENIED'
  /** The container could not be created or started. */
  | 'RUNTIME_UNAVAILABLE'
  /** No server that could go on with it came back in time. */
  | 'SERVER_LOST'
  /** For too long the agent printed nothing and had no model call under way. */
  | 'SILENT'
  /** The time was up. */
  | 'TIMED_OUT';

/** Which runs a list holds; all conditions must be met. */
export type TriageRunFilter = {
  /** Only runs of this AI agent. */
  aiAgent?: AiAgent | null | undefined;
  /** Only runs that may reach this cluster, which must be registered: a deleted one is on no run. */
  clusterId?: string | null | undefined;
  /** Only runs asked for at this instant or later. */
  from?: string | null | undefined;
  /** Only runs of this instance, deleted or not. */
  instanceId?: string | null | undefined;
  /** Only runs whose prompt holds this text, in capitals or not, or whose id begins so: 1 to 200 characters. */
  search?: string | null | undefined;
  /** Only runs that stand so. */
  state?: TriageRunState | null | undefined;
  /** Only runs asked for before this instant. */
  to?: string | null | undefined;
};

/** Where a run stands. The last five are ends; a run has exactly one. */
export type TriageRunState =
  /** Ended by cancelTriage. */
  | 'CANCELLED'
  /** See `failure`. */
  | 'FAILED'
  /** The container was gone when the server came back. */
  | 'LOST'
  /** Its container is being made. */
  | 'PREPARING'
  /** Waits for a worker. */
  | 'QUEUED'
  /** The agent works. */
  | 'RUNNING'
  /** The agent finished, and all of its output is in the log. */
  | 'SUCCEEDED'
  /** The time was up. */
  | 'TIMED_OUT';

/** Which unknown model calls. */
export type UnknownModelCallFilter = {
  /** Only of this instance, deleted or not. */
  instanceId?: string | null | undefined;
};

/** What to change of an agent; what is left out or null stays as it is. */
export type UpdateAgentInput = {
  /** Its new description, in at most 1,000 characters, unless the operator set another bound. */
  description?: string | null | undefined;
  /** Its new name, as for a new agent. */
  name?: string | null | undefined;
  /** Its new role, as for a new agent. */
  role?: string | null | undefined;
  /** All tools that it is to have, at most 25; an empty list takes them away. */
  toolIds?: Array<string> | null | undefined;
};

/** What to change of a cluster; what is left out or null stays as it is. */
export type UpdateClusterInput = {
  /** Which of the kubeconfig's contexts; its current one unless given. */
  context?: string | null | undefined;
  /** At most 256 KiB of YAML or JSON. Server, CA and a token or client certificate are taken from one context; what would run programs, read files or go through a proxy is refused. docs/clusters.md shows how to make one. */
  kubeconfig?: string | null | undefined;
  /** Its new name, as for a new cluster. */
  name?: string | null | undefined;
};

/** What changes on an instance; what is left out stays. */
export type UpdateInstanceInput = {
  /** The whole list: at most 64 of `host`, `host:port`, `*.domain`, `*.domain:port`; port 443 where none is given. It holds for runs that are asked for from now on. */
  egress?: Array<string> | null | undefined;
  /** The instance. */
  instanceId: string;
  /** How agents come by the provider's key, in runs that are asked for from now on. */
  keyDelivery?: KeyDelivery | null | undefined;
  /** 1 to 100 characters, unique among the instances of the tenant. */
  name?: string | null | undefined;
  /** The whole list of what its agents' providers may do for them beyond answering. It holds for the next model call, also of runs under way. */
  providerFeatures?: Array<ProviderFeature> | null | undefined;
};

/** What to change of a tool; what is left out or null stays as it is. */
export type UpdateToolInput = {
  /** Its new description, in at most 1,000 characters, unless the operator set another bound. */
  description?: string | null | undefined;
  /** Its new name, as for a new tool. */
  name?: string | null | undefined;
};

/** What usage is told apart by. */
export type UsageDimension =
  /** The AI agent that made them. */
  | 'AI_AGENT'
  /** The day (UTC) on which calls began. */
  | 'DAY'
  /** The model that answered. */
  | 'MODEL';

/** Where a variable of an AI agent's environment comes from. */
export type VariableSource =
  /** What is configured for the AI agent. */
  | 'CONFIGURATION'
  /** Its sealed key. */
  | 'CREDENTIAL'
  /** The input of each run. */
  | 'RUN'
  /** The server and the container. */
  | 'SYSTEM';

export type ActorQueryVariables = Exact<{ [key: string]: never; }>;


export type ActorQuery = { actor: { tenantId: string, role: string, keyId: string } };

export type AgentsQueryVariables = Exact<{
  limit?: number | null | undefined;
  offset?: number | null | undefined;
  after?: string | null | undefined;
  filter?: AgentFilter | null | undefined;
}>;


export type AgentsQuery = { agents: { nextCursor: string | null, items: Array<{ id: string, name: string, role: string, description: string, tools: Array<{ id: string, name: string }> }> } };

export type AgentQueryVariables = Exact<{
  id: string;
}>;


export type AgentQuery = { agent: { id: string, name: string, role: string, description: string, createdAt: string, updatedAt: string, tools: Array<{ id: string, name: string }> } };

export type CreateAgentMutationVariables = Exact<{
  input: CreateAgentInput;
}>;


export type CreateAgentMutation = { createAgent: { id: string, name: string, role: string, description: string, createdAt: string, updatedAt: string, tools: Array<{ id: string, name: string }> } };

export type UpdateAgentMutationVariables = Exact<{
  id: string;
  input: UpdateAgentInput;
}>;


export type UpdateAgentMutation = { updateAgent: { id: string, name: string, role: string, description: string, createdAt: string, updatedAt: string, tools: Array<{ id: string, name: string }> } };

export type DeleteAgentMutationVariables = Exact<{
  id: string;
}>;


export type DeleteAgentMutation = { deleteAgent: { id: string, name: string, role: string, description: string, createdAt: string, updatedAt: string, tools: Array<{ id: string, name: string }> } };

export type AgentFieldsFragment = { id: string, name: string, role: string, description: string, createdAt: string, updatedAt: string, tools: Array<{ id: string, name: string }> };

export type AuditEventsQueryVariables = Exact<{
  limit?: number | null | undefined;
  offset?: number | null | undefined;
  after?: string | null | undefined;
  filter?: AuditEventFilter | null | undefined;
}>;


export type AuditEventsQuery = { auditEvents: { nextCursor: string | null, items: Array<{ id: string, at: string, action: AuditAction, keyId: string | null, role: string | null, clientAddress: string | null, instanceId: string | null, aiAgent: AiAgent | null, credentialVersion: number | null, clusterId: string | null, runId: string | null, agentId: string | null, toolId: string | null, details: Array<{ name: string, value: string }> }> } };

export type ClustersQueryVariables = Exact<{
  filter?: ClusterFilter | null | undefined;
  limit?: number | null | undefined;
  offset?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ClustersQuery = { clusters: { nextCursor: string | null, items: Array<{ id: string, name: string, serverUrl: string, caFingerprints: Array<string>, namespace: string, credentialKind: ClusterCredentialKind, credentialVersion: number, credentialExpiresAt: string | null, kubernetesVersion: string | null, canReadSecrets: boolean, warnings: Array<string>, checkedAt: string, createdAt: string, updatedAt: string }> } };

export type ClusterNamesQueryVariables = Exact<{
  limit?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ClusterNamesQuery = { clusters: { nextCursor: string | null, items: Array<{ id: string, name: string }> } };

export type ClusterQueryVariables = Exact<{
  id: string;
}>;


export type ClusterQuery = { cluster: { id: string, name: string, serverUrl: string, caFingerprints: Array<string>, namespace: string, credentialKind: ClusterCredentialKind, credentialVersion: number, credentialExpiresAt: string | null, kubernetesVersion: string | null, canReadSecrets: boolean, warnings: Array<string>, checkedAt: string, createdAt: string, updatedAt: string, access: Array<{ namespaces: Array<string>, rules: Array<{ verbs: Array<string>, apiGroups: Array<string>, resources: Array<string>, resourceNames: Array<string> }> }> } };

export type RegisterClusterMutationVariables = Exact<{
  input: RegisterClusterInput;
}>;


export type RegisterClusterMutation = { registerCluster: { id: string, name: string, serverUrl: string, caFingerprints: Array<string>, namespace: string, credentialKind: ClusterCredentialKind, credentialVersion: number, credentialExpiresAt: string | null, kubernetesVersion: string | null, canReadSecrets: boolean, warnings: Array<string>, checkedAt: string, createdAt: string, updatedAt: string } };

export type UpdateClusterMutationVariables = Exact<{
  id: string;
  input: UpdateClusterInput;
}>;


export type UpdateClusterMutation = { updateCluster: { id: string, name: string, serverUrl: string, caFingerprints: Array<string>, namespace: string, credentialKind: ClusterCredentialKind, credentialVersion: number, credentialExpiresAt: string | null, kubernetesVersion: string | null, canReadSecrets: boolean, warnings: Array<string>, checkedAt: string, createdAt: string, updatedAt: string } };

export type CheckClusterMutationVariables = Exact<{
  id: string;
}>;


export type CheckClusterMutation = { checkCluster: { id: string, name: string, serverUrl: string, caFingerprints: Array<string>, namespace: string, credentialKind: ClusterCredentialKind, credentialVersion: number, credentialExpiresAt: string | null, kubernetesVersion: string | null, canReadSecrets: boolean, warnings: Array<string>, checkedAt: string, createdAt: string, updatedAt: string } };

export type DeleteClusterMutationVariables = Exact<{
  id: string;
}>;


export type DeleteClusterMutation = { deleteCluster: { id: string } };

export type ClusterFieldsFragment = { id: string, name: string, serverUrl: string, caFingerprints: Array<string>, namespace: string, credentialKind: ClusterCredentialKind, credentialVersion: number, credentialExpiresAt: string | null, kubernetesVersion: string | null, canReadSecrets: boolean, warnings: Array<string>, checkedAt: string, createdAt: string, updatedAt: string };

export type TestAiAgentConnectionMutationVariables = Exact<{
  input: TestAiAgentConnectionInput;
}>;


export type TestAiAgentConnectionMutation = { testAiAgentConnection: { aiAgent: AiAgent, ok: boolean, latencyMs: number, model: string | null, upstream: ModelUpstreamKind, failure: { class: ConnectionFailureClass, message: string, providerMessage: string | null } | null, provider: { ok: boolean, latencyMs: number, model: string | null, failure: { class: ConnectionFailureClass, message: string, providerMessage: string | null } | null } } };

export type ConnectionFailureFieldsFragment = { class: ConnectionFailureClass, message: string, providerMessage: string | null };

export type ExecutionsQueryVariables = Exact<{
  limit?: number | null | undefined;
  offset?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ExecutionFilter | null | undefined;
}>;


export type ExecutionsQuery = { executions: { nextCursor: string | null, items: Array<{ id: string, agentId: string, agentName: string, model: string, createdAt: string }> } };

export type ExecutionQueryVariables = Exact<{
  id: string;
}>;


export type ExecutionQuery = { execution: { id: string, agentId: string, agentName: string, prompt: string, systemPrompt: string, model: string, response: string, warnings: Array<string>, instanceId: string | null, aiAgent: AiAgent | null, createdAt: string, usage: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null } };

export type RunAgentMutationVariables = Exact<{
  input: RunAgentInput;
}>;


export type RunAgentMutation = { runAgent: { id: string, agentId: string, agentName: string, prompt: string, systemPrompt: string, model: string, response: string, warnings: Array<string>, instanceId: string | null, aiAgent: AiAgent | null, createdAt: string, usage: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null } };

export type ExecutionFieldsFragment = { id: string, agentId: string, agentName: string, prompt: string, systemPrompt: string, model: string, response: string, warnings: Array<string>, instanceId: string | null, aiAgent: AiAgent | null, createdAt: string, usage: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null };

export type InstancesQueryVariables = Exact<{
  limit?: number | null | undefined;
  offset?: number | null | undefined;
  after?: string | null | undefined;
  filter?: InstanceFilter | null | undefined;
}>;


export type InstancesQuery = { instances: { nextCursor: string | null, items: Array<{ id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> }> } };

export type InstanceQueryVariables = Exact<{
  id: string;
}>;


export type InstanceQuery = { instance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type InstanceNamesQueryVariables = Exact<{
  limit?: number | null | undefined;
  after?: string | null | undefined;
  filter?: InstanceFilter | null | undefined;
}>;


export type InstanceNamesQuery = { instances: { nextCursor: string | null, items: Array<{ id: string, name: string, state: InstanceState, aiAgents: Array<{ aiAgent: AiAgent, model: string | null, provider: ModelProvider, pinnedConfigurationRevision: number | null }> }> } };

export type CreateInstanceMutationVariables = Exact<{
  input: CreateInstanceInput;
}>;


export type CreateInstanceMutation = { createInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type UpdateInstanceMutationVariables = Exact<{
  input: UpdateInstanceInput;
}>;


export type UpdateInstanceMutation = { updateInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type ConfigureAiAgentMutationVariables = Exact<{
  input: ConfigureAiAgentInput;
}>;


export type ConfigureAiAgentMutation = { configureAiAgent: { aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null } };

export type RotateAiAgentKeyMutationVariables = Exact<{
  input: RotateAiAgentKeyInput;
}>;


export type RotateAiAgentKeyMutation = { rotateAiAgentKey: { aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null } };

export type RevokeAiAgentKeyMutationVariables = Exact<{
  input: RevokeAiAgentKeyInput;
}>;


export type RevokeAiAgentKeyMutation = { revokeAiAgentKey: { aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null } };

export type InstanceCredentialsQueryVariables = Exact<{
  id: string;
}>;


export type InstanceCredentialsQuery = { instance: { id: string, aiAgents: Array<{ aiAgent: AiAgent, credentials: Array<{ version: number, state: CredentialState, fingerprint: string, keyLastFour: string | null, createdAt: string, createdBy: string | null, rotatedAt: string | null, revokedAt: string | null, destroyedAt: string | null }> }> } };

export type StartInstanceMutationVariables = Exact<{
  id: string;
}>;


export type StartInstanceMutation = { startInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type RestartInstanceMutationVariables = Exact<{
  id: string;
}>;


export type RestartInstanceMutation = { restartInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type StopInstanceMutationVariables = Exact<{
  id: string;
  force?: boolean | null | undefined;
}>;


export type StopInstanceMutation = { stopInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type DeleteInstanceMutationVariables = Exact<{
  id: string;
  force?: boolean | null | undefined;
}>;


export type DeleteInstanceMutation = { deleteInstance: string };

export type RemoveAiAgentMutationVariables = Exact<{
  instanceId: string;
  aiAgent: AiAgent;
}>;


export type RemoveAiAgentMutation = { removeAiAgent: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type AiAgentConfigurationsQueryVariables = Exact<{
  instanceId: string;
  limit?: number | null | undefined;
  offset?: number | null | undefined;
}>;


export type AiAgentConfigurationsQuery = { instance: { aiAgents: Array<{ aiAgent: AiAgent, files: Array<{ name: string, content: string }>, revisions: Array<{ revision: number, removed: boolean, model: string | null, provider: ModelProvider | null, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown>, configuredAt: string, configuredBy: string | null }> }> } };

export type InstanceEnvironmentQueryVariables = Exact<{
  instanceId: string;
  aiAgent: AiAgent;
}>;


export type InstanceEnvironmentQuery = { instance: { environment: Array<{ name: string, secret: boolean, source: VariableSource }> } };

export type InstanceFieldsFragment = { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, egress: Array<string>, keyDelivery: KeyDelivery, providerFeatures: Array<ProviderFeature>, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> };

export type InstanceAiAgentFieldsFragment = { aiAgent: AiAgent, configured: boolean, model: string | null, provider: ModelProvider, baseUrl: string | null, allowedTools: Array<string> | null, settings: Record<string, unknown> | null, configurationRevision: number | null, configuredAt: string | null, configuredBy: string | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null };

export type SetAiAgentLimitsMutationVariables = Exact<{
  input: SetAiAgentLimitsInput;
}>;


export type SetAiAgentLimitsMutation = { setAiAgentLimits: { aiAgent: AiAgent, limits: { requestsPerMinute: number | null, tokensPerMinute: number | null, concurrentCalls: number | null, runBudget: { tokens: number | null, costUsd: number | null }, dayBudget: { tokens: number | null, costUsd: number | null } } } };

export type InstanceLimitsQueryVariables = Exact<{
  id: string;
}>;


export type InstanceLimitsQuery = { instance: { id: string, aiAgents: Array<{ aiAgent: AiAgent, limits: { requestsPerMinute: number | null, tokensPerMinute: number | null, concurrentCalls: number | null, runBudget: { tokens: number | null, costUsd: number | null }, dayBudget: { tokens: number | null, costUsd: number | null } } }> } };

export type AiAgentLimitsFieldsFragment = { requestsPerMinute: number | null, tokensPerMinute: number | null, concurrentCalls: number | null, runBudget: { tokens: number | null, costUsd: number | null }, dayBudget: { tokens: number | null, costUsd: number | null } };

export type ToolsQueryVariables = Exact<{
  limit?: number | null | undefined;
  offset?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ToolFilter | null | undefined;
}>;


export type ToolsQuery = { tools: { nextCursor: string | null, items: Array<{ id: string, name: string, description: string, createdAt: string, updatedAt: string }> } };

export type ToolQueryVariables = Exact<{
  id: string;
}>;


export type ToolQuery = { tool: { id: string, name: string, description: string, createdAt: string, updatedAt: string } };

export type CreateToolMutationVariables = Exact<{
  input: CreateToolInput;
}>;


export type CreateToolMutation = { createTool: { id: string, name: string, description: string, createdAt: string, updatedAt: string } };

export type UpdateToolMutationVariables = Exact<{
  id: string;
  input: UpdateToolInput;
}>;


export type UpdateToolMutation = { updateTool: { id: string, name: string, description: string, createdAt: string, updatedAt: string } };

export type DeleteToolMutationVariables = Exact<{
  id: string;
}>;


export type DeleteToolMutation = { deleteTool: { id: string, name: string, description: string, createdAt: string, updatedAt: string } };

export type ToolFieldsFragment = { id: string, name: string, description: string, createdAt: string, updatedAt: string };

export type StartTriageMutationVariables = Exact<{
  input: StartTriageInput;
}>;


export type StartTriageMutation = { startTriage: { id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> } };

export type CancelTriageMutationVariables = Exact<{
  id: string;
}>;


export type CancelTriageMutation = { cancelTriage: { id: string, state: TriageRunState, cancelRequestedAt: string | null, endedAt: string | null } };

export type TriageRunQueryVariables = Exact<{
  id: string;
}>;


export type TriageRunQuery = { triageRun: { id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> } };

export type TriageRunDetailsQueryVariables = Exact<{
  id: string;
}>;


export type TriageRunDetailsQuery = { triageRun: { timeoutSeconds: number, queuePosition: number | null, cancelRequestedAt: string | null, expiredAt: string | null, id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, cluster: { id: string, name: string } | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> } };

export type TriageRunPromptQueryVariables = Exact<{
  id: string;
}>;


export type TriageRunPromptQuery = { triageRun: { id: string, prompt: string, systemPrompt: string | null, incident: string, promptSent: string | null } };

export type TriageRunArtifactsQueryVariables = Exact<{
  id: string;
  limit?: number | null | undefined;
  offset?: number | null | undefined;
}>;


export type TriageRunArtifactsQuery = { triageRun: { id: string, artifactCount: number, artifacts: Array<{ name: string, bytes: number, url: string }> } };

export type TriageRunInputQueryVariables = Exact<{
  id: string;
}>;


export type TriageRunInputQuery = { triageRun: { id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, prompt: string, systemPrompt: string | null, incident: string, allowedTools: Array<string> | null, timeoutSeconds: number, memoryBytes: number, debug: boolean } };

export type TriageReportQueryVariables = Exact<{
  id: string;
}>;


export type TriageReportQuery = { triageRun: { id: string, state: TriageRunState, report: { outcome: TriageReportOutcome, summary: string, missing: Array<string>, rootCause: { statement: string, confidence: TriageReportLevel } | null, evidence: Array<{ statement: string, quote: string, source: string, citation: { offset: number, length: number } | null }>, ruledOut: Array<{ cause: string, because: string }>, recommendedActions: Array<{ action: string, command: string | null, risk: TriageReportLevel | null }> } | null, reportProblem: { code: TriageReportProblemCode, path: string | null, message: string } | null } };

export type RunListQueryVariables = Exact<{
  limit?: number | null | undefined;
  after?: string | null | undefined;
  filter?: TriageRunFilter | null | undefined;
}>;


export type RunListQuery = { triageRuns: { nextCursor: string | null, items: Array<{ id: string, state: TriageRunState, instanceId: string, aiAgent: AiAgent, model: string, prompt: string, createdAt: string, startedAt: string | null, endedAt: string | null, cluster: { name: string } | null, failure: { code: TriageRunFailureCode, message: string } | null, usage: { tokenCount: number, estimatedCost: string | null } }> } };

export type RunListChangedSubscriptionVariables = Exact<{
  runId: string;
}>;


export type RunListChangedSubscription = { triageRunChanged: { id: string, state: TriageRunState, instanceId: string, aiAgent: AiAgent, model: string, prompt: string, createdAt: string, startedAt: string | null, endedAt: string | null, cluster: { name: string } | null, failure: { code: TriageRunFailureCode, message: string } | null, usage: { tokenCount: number, estimatedCost: string | null } } };

export type RunListFieldsFragment = { id: string, state: TriageRunState, instanceId: string, aiAgent: AiAgent, model: string, prompt: string, createdAt: string, startedAt: string | null, endedAt: string | null, cluster: { name: string } | null, failure: { code: TriageRunFailureCode, message: string } | null, usage: { tokenCount: number, estimatedCost: string | null } };

export type TriageRunsQueryVariables = Exact<{
  limit?: number | null | undefined;
  offset?: number | null | undefined;
  after?: string | null | undefined;
  filter?: TriageRunFilter | null | undefined;
}>;


export type TriageRunsQuery = { triageRuns: { nextCursor: string | null, items: Array<{ id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> }> } };

export type TriageOutputSubscriptionVariables = Exact<{
  runId: string;
  fromOffset?: number | null | undefined;
  encoding?: RunLogEncoding | null | undefined;
}>;


export type TriageOutputSubscription = { triageOutput: { offset: number, nextOffset: number, data: string, encoding: RunLogEncoding } };

export type TriageRunChangedSubscriptionVariables = Exact<{
  runId: string;
}>;


export type TriageRunChangedSubscription = { triageRunChanged: { id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> } };

export type TriageRunDetailsChangedSubscriptionVariables = Exact<{
  runId: string;
}>;


export type TriageRunDetailsChangedSubscription = { triageRunChanged: { timeoutSeconds: number, queuePosition: number | null, cancelRequestedAt: string | null, expiredAt: string | null, id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, cluster: { id: string, name: string } | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> } };

export type TriageRunDetailsFieldsFragment = { timeoutSeconds: number, queuePosition: number | null, cancelRequestedAt: string | null, expiredAt: string | null, id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, cluster: { id: string, name: string } | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> };

export type TriageRunFieldsFragment = { id: string, instanceId: string, clusterId: string | null, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, artifactCount: number, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, masked: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, estimatedCost: string | null, drift: number | null, reported: { inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number } | null }, artifacts: Array<{ name: string, bytes: number, url: string }> };

export type UsageQueryVariables = Exact<{
  instanceId: string;
  from: string;
  to: string;
  groupBy?: Array<UsageDimension> | UsageDimension | null | undefined;
}>;


export type UsageQuery = { usage: Array<{ day: string | null, aiAgent: AiAgent | null, model: string | null, requestCount: number, errorCount: number, partialCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number, estimatedCost: string | null, unpricedTokens: number, unreportedTokens: number, errors: Array<{ error: ModelCallErrorClass, count: number }> }> };

export type UnknownModelCallsQueryVariables = Exact<{
  limit?: number | null | undefined;
  after?: string | null | undefined;
  filter?: UnknownModelCallFilter | null | undefined;
}>;


export type UnknownModelCallsQuery = { unknownModelCalls: { nextCursor: string | null, items: Array<{ id: string, instanceId: string, aiAgent: AiAgent, runId: string | null, startedAt: string }> } };

export type UsageChangedSubscriptionVariables = Exact<{
  instanceId: string;
}>;


export type UsageChangedSubscription = { usageChanged: Array<{ day: string | null, aiAgent: AiAgent | null, model: string | null, requestCount: number, errorCount: number, partialCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number, estimatedCost: string | null, unpricedTokens: number, unreportedTokens: number, errors: Array<{ error: ModelCallErrorClass, count: number }> }> };

export type UsageFieldsFragment = { day: string | null, aiAgent: AiAgent | null, model: string | null, requestCount: number, errorCount: number, partialCount: number, limitedCount: number, unknownCount: number, tokenCount: number, inputTokens: number, outputTokens: number, cacheReadTokens: number, cacheWriteTokens: number, reasoningTokens: number, estimatedCost: string | null, unpricedTokens: number, unreportedTokens: number, errors: Array<{ error: ModelCallErrorClass, count: number }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const AgentFieldsFragmentDoc = new TypedDocumentString(`
    fragment AgentFields on Agent {
  id
  name
  role
  description
  tools {
    id
    name
  }
  createdAt
  updatedAt
}
    `, {"fragmentName":"AgentFields"}) as unknown as TypedDocumentString<AgentFieldsFragment, unknown>;
export const ClusterFieldsFragmentDoc = new TypedDocumentString(`
    fragment ClusterFields on Cluster {
  id
  name
  serverUrl
  caFingerprints
  namespace
  credentialKind
  credentialVersion
  credentialExpiresAt
  kubernetesVersion
  canReadSecrets
  warnings
  checkedAt
  createdAt
  updatedAt
}
    `, {"fragmentName":"ClusterFields"}) as unknown as TypedDocumentString<ClusterFieldsFragment, unknown>;
export const ConnectionFailureFieldsFragmentDoc = new TypedDocumentString(`
    fragment ConnectionFailureFields on ConnectionFailure {
  class
  message
  providerMessage
}
    `, {"fragmentName":"ConnectionFailureFields"}) as unknown as TypedDocumentString<ConnectionFailureFieldsFragment, unknown>;
export const ExecutionFieldsFragmentDoc = new TypedDocumentString(`
    fragment ExecutionFields on Execution {
  id
  agentId
  agentName
  prompt
  systemPrompt
  model
  response
  warnings
  instanceId
  aiAgent
  usage {
    inputTokens
    outputTokens
    cacheReadTokens
    cacheWriteTokens
    reasoningTokens
  }
  createdAt
}
    `, {"fragmentName":"ExecutionFields"}) as unknown as TypedDocumentString<ExecutionFieldsFragment, unknown>;
export const InstanceAiAgentFieldsFragmentDoc = new TypedDocumentString(`
    fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}
    `, {"fragmentName":"InstanceAiAgentFields"}) as unknown as TypedDocumentString<InstanceAiAgentFieldsFragment, unknown>;
export const InstanceFieldsFragmentDoc = new TypedDocumentString(`
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
    fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"fragmentName":"InstanceFields"}) as unknown as TypedDocumentString<InstanceFieldsFragment, unknown>;
export const AiAgentLimitsFieldsFragmentDoc = new TypedDocumentString(`
    fragment AiAgentLimitsFields on AiAgentLimits {
  requestsPerMinute
  tokensPerMinute
  concurrentCalls
  runBudget {
    tokens
    costUsd
  }
  dayBudget {
    tokens
    costUsd
  }
}
    `, {"fragmentName":"AiAgentLimitsFields"}) as unknown as TypedDocumentString<AiAgentLimitsFieldsFragment, unknown>;
export const ToolFieldsFragmentDoc = new TypedDocumentString(`
    fragment ToolFields on Tool {
  id
  name
  description
  createdAt
  updatedAt
}
    `, {"fragmentName":"ToolFields"}) as unknown as TypedDocumentString<ToolFieldsFragment, unknown>;
export const RunListFieldsFragmentDoc = new TypedDocumentString(`
    fragment RunListFields on TriageRun {
  id
  state
  instanceId
  cluster {
    name
  }
  aiAgent
  model
  prompt
  createdAt
  startedAt
  endedAt
  failure {
    code
    message
  }
  usage {
    tokenCount
    estimatedCost
  }
}
    `, {"fragmentName":"RunListFields"}) as unknown as TypedDocumentString<RunListFieldsFragment, unknown>;
export const TriageRunFieldsFragmentDoc = new TypedDocumentString(`
    fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}
    `, {"fragmentName":"TriageRunFields"}) as unknown as TypedDocumentString<TriageRunFieldsFragment, unknown>;
export const TriageRunDetailsFieldsFragmentDoc = new TypedDocumentString(`
    fragment TriageRunDetailsFields on TriageRun {
  ...TriageRunFields
  cluster {
    id
    name
  }
  timeoutSeconds
  queuePosition
  cancelRequestedAt
  expiredAt
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}`, {"fragmentName":"TriageRunDetailsFields"}) as unknown as TypedDocumentString<TriageRunDetailsFieldsFragment, unknown>;
export const UsageFieldsFragmentDoc = new TypedDocumentString(`
    fragment UsageFields on Usage {
  day
  aiAgent
  model
  requestCount
  errorCount
  errors {
    error
    count
  }
  partialCount
  limitedCount
  unknownCount
  tokenCount
  inputTokens
  outputTokens
  cacheReadTokens
  cacheWriteTokens
  reasoningTokens
  estimatedCost
  unpricedTokens
  unreportedTokens
}
    `, {"fragmentName":"UsageFields"}) as unknown as TypedDocumentString<UsageFieldsFragment, unknown>;
export const ActorDocument = new TypedDocumentString(`
    query Actor {
  actor {
    tenantId
    role
    keyId
  }
}
    `, {"hash":"sha256:32dcb43e9151d5fae2312a95c31b13cd345913797a27b330511735011de40b24"}) as unknown as TypedDocumentString<ActorQuery, ActorQueryVariables>;
export const AgentsDocument = new TypedDocumentString(`
    query Agents($limit: Int, $offset: Int, $after: String, $filter: AgentFilter) {
  agents(limit: $limit, offset: $offset, after: $after, filter: $filter) {
    items {
      id
      name
      role
      description
      tools {
        id
        name
      }
    }
    nextCursor
  }
}
    `, {"hash":"sha256:54269c28650be1712858036a7c652784234e5b7ae2172d8e4d88ed35c0c43b75"}) as unknown as TypedDocumentString<AgentsQuery, AgentsQueryVariables>;
export const AgentDocument = new TypedDocumentString(`
    query Agent($id: ID!) {
  agent(id: $id) {
    ...AgentFields
  }
}
    fragment AgentFields on Agent {
  id
  name
  role
  description
  tools {
    id
    name
  }
  createdAt
  updatedAt
}`, {"hash":"sha256:656e81cb3d56bb7dd17a75dd3ba62bbbbc55fccc72e90b448d413488c1ce7692"}) as unknown as TypedDocumentString<AgentQuery, AgentQueryVariables>;
export const CreateAgentDocument = new TypedDocumentString(`
    mutation CreateAgent($input: CreateAgentInput!) {
  createAgent(input: $input) {
    ...AgentFields
  }
}
    fragment AgentFields on Agent {
  id
  name
  role
  description
  tools {
    id
    name
  }
  createdAt
  updatedAt
}`, {"hash":"sha256:2eea4cfe22ef69b8320aa9145b7272695c13dde3dd7c1545af08bc338b0e0d98"}) as unknown as TypedDocumentString<CreateAgentMutation, CreateAgentMutationVariables>;
export const UpdateAgentDocument = new TypedDocumentString(`
    mutation UpdateAgent($id: ID!, $input: UpdateAgentInput!) {
  updateAgent(id: $id, input: $input) {
    ...AgentFields
  }
}
    fragment AgentFields on Agent {
  id
  name
  role
  description
  tools {
    id
    name
  }
  createdAt
  updatedAt
}`, {"hash":"sha256:b1275e71150acb9d33206531f7b71dd26975db57a1830cd1606f0a918877eb59"}) as unknown as TypedDocumentString<UpdateAgentMutation, UpdateAgentMutationVariables>;
export const DeleteAgentDocument = new TypedDocumentString(`
    mutation DeleteAgent($id: ID!) {
  deleteAgent(id: $id) {
    ...AgentFields
  }
}
    fragment AgentFields on Agent {
  id
  name
  role
  description
  tools {
    id
    name
  }
  createdAt
  updatedAt
}`, {"hash":"sha256:c8f0a0dba89197015bb46e7bfaa0530a015951d5684ca7ec86a3da2c0aeb967a"}) as unknown as TypedDocumentString<DeleteAgentMutation, DeleteAgentMutationVariables>;
export const AuditEventsDocument = new TypedDocumentString(`
    query AuditEvents($limit: Int, $offset: Int, $after: String, $filter: AuditEventFilter) {
  auditEvents(limit: $limit, offset: $offset, after: $after, filter: $filter) {
    items {
      id
      at
      action
      keyId
      role
      clientAddress
      instanceId
      aiAgent
      credentialVersion
      clusterId
      runId
      agentId
      toolId
      details {
        name
        value
      }
    }
    nextCursor
  }
}
    `, {"hash":"sha256:3683fe24fa38cfc9b2e9c04a997288fb6acf73d3cdfa6c4a4b6689ec59b9b217"}) as unknown as TypedDocumentString<AuditEventsQuery, AuditEventsQueryVariables>;
export const ClustersDocument = new TypedDocumentString(`
    query Clusters($filter: ClusterFilter, $limit: Int, $offset: Int, $after: String) {
  clusters(filter: $filter, limit: $limit, offset: $offset, after: $after) {
    nextCursor
    items {
      ...ClusterFields
    }
  }
}
    fragment ClusterFields on Cluster {
  id
  name
  serverUrl
  caFingerprints
  namespace
  credentialKind
  credentialVersion
  credentialExpiresAt
  kubernetesVersion
  canReadSecrets
  warnings
  checkedAt
  createdAt
  updatedAt
}`, {"hash":"sha256:b7c89e9c0c7fec6b1e07ba84deeffac50b80b560b8755432222be1af380668dc"}) as unknown as TypedDocumentString<ClustersQuery, ClustersQueryVariables>;
export const ClusterNamesDocument = new TypedDocumentString(`
    query ClusterNames($limit: Int, $after: String) {
  clusters(limit: $limit, after: $after) {
    items {
      id
      name
    }
    nextCursor
  }
}
    `, {"hash":"sha256:bf46f598cf42d6954967fce3974e81ebcfed914c25026009fb85fbd21750ba8d"}) as unknown as TypedDocumentString<ClusterNamesQuery, ClusterNamesQueryVariables>;
export const ClusterDocument = new TypedDocumentString(`
    query Cluster($id: ID!) {
  cluster(id: $id) {
    ...ClusterFields
    access {
      namespaces
      rules {
        verbs
        apiGroups
        resources
        resourceNames
      }
    }
  }
}
    fragment ClusterFields on Cluster {
  id
  name
  serverUrl
  caFingerprints
  namespace
  credentialKind
  credentialVersion
  credentialExpiresAt
  kubernetesVersion
  canReadSecrets
  warnings
  checkedAt
  createdAt
  updatedAt
}`, {"hash":"sha256:971aa54cddeaa58b3d2df2bbb65a152e04f15769a8c0e355e6be3f46853cd554"}) as unknown as TypedDocumentString<ClusterQuery, ClusterQueryVariables>;
export const RegisterClusterDocument = new TypedDocumentString(`
    mutation RegisterCluster($input: RegisterClusterInput!) {
  registerCluster(input: $input) {
    ...ClusterFields
  }
}
    fragment ClusterFields on Cluster {
  id
  name
  serverUrl
  caFingerprints
  namespace
  credentialKind
  credentialVersion
  credentialExpiresAt
  kubernetesVersion
  canReadSecrets
  warnings
  checkedAt
  createdAt
  updatedAt
}`, {"hash":"sha256:3203aa5f0a9013164d5ea3106c81c11245befc6e24afa7f3ae3ecc6977876004"}) as unknown as TypedDocumentString<RegisterClusterMutation, RegisterClusterMutationVariables>;
export const UpdateClusterDocument = new TypedDocumentString(`
    mutation UpdateCluster($id: ID!, $input: UpdateClusterInput!) {
  updateCluster(id: $id, input: $input) {
    ...ClusterFields
  }
}
    fragment ClusterFields on Cluster {
  id
  name
  serverUrl
  caFingerprints
  namespace
  credentialKind
  credentialVersion
  credentialExpiresAt
  kubernetesVersion
  canReadSecrets
  warnings
  checkedAt
  createdAt
  updatedAt
}`, {"hash":"sha256:bd7d1d094a4a2f4e29a7b3c28a2525f2d9a309f6ffcbc1f4db88b44125417cb6"}) as unknown as TypedDocumentString<UpdateClusterMutation, UpdateClusterMutationVariables>;
export const CheckClusterDocument = new TypedDocumentString(`
    mutation CheckCluster($id: ID!) {
  checkCluster(id: $id) {
    ...ClusterFields
  }
}
    fragment ClusterFields on Cluster {
  id
  name
  serverUrl
  caFingerprints
  namespace
  credentialKind
  credentialVersion
  credentialExpiresAt
  kubernetesVersion
  canReadSecrets
  warnings
  checkedAt
  createdAt
  updatedAt
}`, {"hash":"sha256:238e458010000bb876be4d990453d30b667d9060331d24bc133d7f590b140407"}) as unknown as TypedDocumentString<CheckClusterMutation, CheckClusterMutationVariables>;
export const DeleteClusterDocument = new TypedDocumentString(`
    mutation DeleteCluster($id: ID!) {
  deleteCluster(id: $id) {
    id
  }
}
    `, {"hash":"sha256:9ae2d1c0c64467d93c19283a79d105788eb021714fcb58f9d2521e61b0bc746f"}) as unknown as TypedDocumentString<DeleteClusterMutation, DeleteClusterMutationVariables>;
export const TestAiAgentConnectionDocument = new TypedDocumentString(`
    mutation TestAiAgentConnection($input: TestAiAgentConnectionInput!) {
  testAiAgentConnection(input: $input) {
    aiAgent
    ok
    latencyMs
    model
    upstream
    failure {
      ...ConnectionFailureFields
    }
    provider {
      ok
      latencyMs
      model
      failure {
        ...ConnectionFailureFields
      }
    }
  }
}
    fragment ConnectionFailureFields on ConnectionFailure {
  class
  message
  providerMessage
}`, {"hash":"sha256:afd0bc9becb8919bd2a1f4d544802d21542aec27aa68bdb7e8ec7c59fc2812d1"}) as unknown as TypedDocumentString<TestAiAgentConnectionMutation, TestAiAgentConnectionMutationVariables>;
export const ExecutionsDocument = new TypedDocumentString(`
    query Executions($limit: Int, $offset: Int, $after: String, $filter: ExecutionFilter) {
  executions(limit: $limit, offset: $offset, after: $after, filter: $filter) {
    items {
      id
      agentId
      agentName
      model
      createdAt
    }
    nextCursor
  }
}
    `, {"hash":"sha256:f22f9b354084621e52380717536ac7e2dce887a339c78f5c53541485b44b19e3"}) as unknown as TypedDocumentString<ExecutionsQuery, ExecutionsQueryVariables>;
export const ExecutionDocument = new TypedDocumentString(`
    query Execution($id: ID!) {
  execution(id: $id) {
    ...ExecutionFields
  }
}
    fragment ExecutionFields on Execution {
  id
  agentId
  agentName
  prompt
  systemPrompt
  model
  response
  warnings
  instanceId
  aiAgent
  usage {
    inputTokens
    outputTokens
    cacheReadTokens
    cacheWriteTokens
    reasoningTokens
  }
  createdAt
}`, {"hash":"sha256:f8b13698c23d127d44719305c9f8122e276aa9d91c3e436919eab6b0347b8f31"}) as unknown as TypedDocumentString<ExecutionQuery, ExecutionQueryVariables>;
export const RunAgentDocument = new TypedDocumentString(`
    mutation RunAgent($input: RunAgentInput!) {
  runAgent(input: $input) {
    ...ExecutionFields
  }
}
    fragment ExecutionFields on Execution {
  id
  agentId
  agentName
  prompt
  systemPrompt
  model
  response
  warnings
  instanceId
  aiAgent
  usage {
    inputTokens
    outputTokens
    cacheReadTokens
    cacheWriteTokens
    reasoningTokens
  }
  createdAt
}`, {"hash":"sha256:00089424bbbb3c2f741ef7da0a1e6733da74fd3e950ef98f5cdbe7e2f7da4b42"}) as unknown as TypedDocumentString<RunAgentMutation, RunAgentMutationVariables>;
export const InstancesDocument = new TypedDocumentString(`
    query Instances($limit: Int, $offset: Int, $after: String, $filter: InstanceFilter) {
  instances(limit: $limit, offset: $offset, after: $after, filter: $filter) {
    items {
      ...InstanceFields
    }
    nextCursor
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:578e6a87fbb35c866e1a6deb51c2cba5b597b335de890f8602d3b4d6a35f8c5b"}) as unknown as TypedDocumentString<InstancesQuery, InstancesQueryVariables>;
export const InstanceDocument = new TypedDocumentString(`
    query Instance($id: ID!) {
  instance(id: $id) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:0c935e95181f6eaf9ea943312d4e6b8159f6ba755c1a5536826ecd2777258a6e"}) as unknown as TypedDocumentString<InstanceQuery, InstanceQueryVariables>;
export const InstanceNamesDocument = new TypedDocumentString(`
    query InstanceNames($limit: Int, $after: String, $filter: InstanceFilter) {
  instances(limit: $limit, after: $after, filter: $filter) {
    items {
      id
      name
      state
      aiAgents {
        aiAgent
        model
        provider
        pinnedConfigurationRevision
      }
    }
    nextCursor
  }
}
    `, {"hash":"sha256:7f4d415d39971e0c9f3b29419b6b26c9cac47576df95bbede9f5addab2ecfbac"}) as unknown as TypedDocumentString<InstanceNamesQuery, InstanceNamesQueryVariables>;
export const CreateInstanceDocument = new TypedDocumentString(`
    mutation CreateInstance($input: CreateInstanceInput!) {
  createInstance(input: $input) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:f7e8a7bd14044bad42d1bc78f4c0071e50a77bf7f6bc35b0dd013267a86b2f7d"}) as unknown as TypedDocumentString<CreateInstanceMutation, CreateInstanceMutationVariables>;
export const UpdateInstanceDocument = new TypedDocumentString(`
    mutation UpdateInstance($input: UpdateInstanceInput!) {
  updateInstance(input: $input) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:3db2a60b4167110b2e83613bac9d99b3ddcf0cce045e484847e87925ac8c0859"}) as unknown as TypedDocumentString<UpdateInstanceMutation, UpdateInstanceMutationVariables>;
export const ConfigureAiAgentDocument = new TypedDocumentString(`
    mutation ConfigureAiAgent($input: ConfigureAiAgentInput!) {
  configureAiAgent(input: $input) {
    ...InstanceAiAgentFields
  }
}
    fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:a9993113f2b631b841d3f53f5949565ed5e681774c2304133861bc408baf841f"}) as unknown as TypedDocumentString<ConfigureAiAgentMutation, ConfigureAiAgentMutationVariables>;
export const RotateAiAgentKeyDocument = new TypedDocumentString(`
    mutation RotateAiAgentKey($input: RotateAiAgentKeyInput!) {
  rotateAiAgentKey(input: $input) {
    ...InstanceAiAgentFields
  }
}
    fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:b120a9cae8f9620a60b67c80710f8f092d185d4d0822c710fcc8b1578547fe90"}) as unknown as TypedDocumentString<RotateAiAgentKeyMutation, RotateAiAgentKeyMutationVariables>;
export const RevokeAiAgentKeyDocument = new TypedDocumentString(`
    mutation RevokeAiAgentKey($input: RevokeAiAgentKeyInput!) {
  revokeAiAgentKey(input: $input) {
    ...InstanceAiAgentFields
  }
}
    fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:4e8282bd370c27ec625f6670b906ac81af785d9b3a4a4c4bd93b4314426f76e4"}) as unknown as TypedDocumentString<RevokeAiAgentKeyMutation, RevokeAiAgentKeyMutationVariables>;
export const InstanceCredentialsDocument = new TypedDocumentString(`
    query InstanceCredentials($id: ID!) {
  instance(id: $id) {
    id
    aiAgents {
      aiAgent
      credentials {
        version
        state
        fingerprint
        keyLastFour
        createdAt
        createdBy
        rotatedAt
        revokedAt
        destroyedAt
      }
    }
  }
}
    `, {"hash":"sha256:b6b7accf5d6e6c45e037167555de23b1482637940207eafbb4329575a3c72312"}) as unknown as TypedDocumentString<InstanceCredentialsQuery, InstanceCredentialsQueryVariables>;
export const StartInstanceDocument = new TypedDocumentString(`
    mutation StartInstance($id: ID!) {
  startInstance(id: $id) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:2d17290745f1f06df9957742fdace9cbaddc3f8691646dfd1197f91facc14618"}) as unknown as TypedDocumentString<StartInstanceMutation, StartInstanceMutationVariables>;
export const RestartInstanceDocument = new TypedDocumentString(`
    mutation RestartInstance($id: ID!) {
  restartInstance(id: $id) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:2f5e8ec3730a8634451bb9b47ecd1ed138cbc8179ed25e73975d445aa77bd8b1"}) as unknown as TypedDocumentString<RestartInstanceMutation, RestartInstanceMutationVariables>;
export const StopInstanceDocument = new TypedDocumentString(`
    mutation StopInstance($id: ID!, $force: Boolean) {
  stopInstance(id: $id, force: $force) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:b4a839b918ec5e09e949ee4ae4697ced1ffc5e7566f49455321f5bd855d29695"}) as unknown as TypedDocumentString<StopInstanceMutation, StopInstanceMutationVariables>;
export const DeleteInstanceDocument = new TypedDocumentString(`
    mutation DeleteInstance($id: ID!, $force: Boolean) {
  deleteInstance(id: $id, force: $force)
}
    `, {"hash":"sha256:d8a1cb55ee9e73a60ea492577ea6bbf5e835c343c4ff14fae05c139c1c6ecc8f"}) as unknown as TypedDocumentString<DeleteInstanceMutation, DeleteInstanceMutationVariables>;
export const RemoveAiAgentDocument = new TypedDocumentString(`
    mutation RemoveAiAgent($instanceId: ID!, $aiAgent: AiAgent!) {
  removeAiAgent(instanceId: $instanceId, aiAgent: $aiAgent) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  egress
  keyDelivery
  providerFeatures
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  provider
  baseUrl
  allowedTools
  settings
  configurationRevision
  configuredAt
  configuredBy
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"hash":"sha256:ab08174b9dad43cd409b6150a8f6555bcc775266f36e2c3d1be72c8916d14d4f"}) as unknown as TypedDocumentString<RemoveAiAgentMutation, RemoveAiAgentMutationVariables>;
export const AiAgentConfigurationsDocument = new TypedDocumentString(`
    query AiAgentConfigurations($instanceId: ID!, $limit: Int, $offset: Int) {
  instance(id: $instanceId) {
    aiAgents {
      aiAgent
      files {
        name
        content
      }
      revisions(limit: $limit, offset: $offset) {
        revision
        removed
        model
        provider
        baseUrl
        allowedTools
        settings
        configuredAt
        configuredBy
      }
    }
  }
}
    `, {"hash":"sha256:689a45e4e05ac8ff6ac363c6aea46e32273e7f0e40734dc9b94bc567c425d00c"}) as unknown as TypedDocumentString<AiAgentConfigurationsQuery, AiAgentConfigurationsQueryVariables>;
export const InstanceEnvironmentDocument = new TypedDocumentString(`
    query InstanceEnvironment($instanceId: ID!, $aiAgent: AiAgent!) {
  instance(id: $instanceId) {
    environment(aiAgent: $aiAgent) {
      name
      secret
      source
    }
  }
}
    `, {"hash":"sha256:7fe0bf2a807a3170ad0cf0d34bfe01d46de40a8b82b97bd504cf904c933acfce"}) as unknown as TypedDocumentString<InstanceEnvironmentQuery, InstanceEnvironmentQueryVariables>;
export const SetAiAgentLimitsDocument = new TypedDocumentString(`
    mutation SetAiAgentLimits($input: SetAiAgentLimitsInput!) {
  setAiAgentLimits(input: $input) {
    aiAgent
    limits {
      ...AiAgentLimitsFields
    }
  }
}
    fragment AiAgentLimitsFields on AiAgentLimits {
  requestsPerMinute
  tokensPerMinute
  concurrentCalls
  runBudget {
    tokens
    costUsd
  }
  dayBudget {
    tokens
    costUsd
  }
}`, {"hash":"sha256:21b3cb0e36c24b84154eaae965a68a01d3f54105f809e1c03733f705c8913ad5"}) as unknown as TypedDocumentString<SetAiAgentLimitsMutation, SetAiAgentLimitsMutationVariables>;
export const InstanceLimitsDocument = new TypedDocumentString(`
    query InstanceLimits($id: ID!) {
  instance(id: $id) {
    id
    aiAgents {
      aiAgent
      limits {
        ...AiAgentLimitsFields
      }
    }
  }
}
    fragment AiAgentLimitsFields on AiAgentLimits {
  requestsPerMinute
  tokensPerMinute
  concurrentCalls
  runBudget {
    tokens
    costUsd
  }
  dayBudget {
    tokens
    costUsd
  }
}`, {"hash":"sha256:f6b6881a881985b5389b99b5358269bd010b2744fa60688ea38f82c9bf8b7332"}) as unknown as TypedDocumentString<InstanceLimitsQuery, InstanceLimitsQueryVariables>;
export const ToolsDocument = new TypedDocumentString(`
    query Tools($limit: Int, $offset: Int, $after: String, $filter: ToolFilter) {
  tools(limit: $limit, offset: $offset, after: $after, filter: $filter) {
    items {
      ...ToolFields
    }
    nextCursor
  }
}
    fragment ToolFields on Tool {
  id
  name
  description
  createdAt
  updatedAt
}`, {"hash":"sha256:843ce38ac6acf6b6ddfc81469d606a93359c8e79de941d601a7b621dbe1472cc"}) as unknown as TypedDocumentString<ToolsQuery, ToolsQueryVariables>;
export const ToolDocument = new TypedDocumentString(`
    query Tool($id: ID!) {
  tool(id: $id) {
    ...ToolFields
  }
}
    fragment ToolFields on Tool {
  id
  name
  description
  createdAt
  updatedAt
}`, {"hash":"sha256:7f47738bc0c6b5d50168522844c15a0dcda22c553b277872a28a25f227f793db"}) as unknown as TypedDocumentString<ToolQuery, ToolQueryVariables>;
export const CreateToolDocument = new TypedDocumentString(`
    mutation CreateTool($input: CreateToolInput!) {
  createTool(input: $input) {
    ...ToolFields
  }
}
    fragment ToolFields on Tool {
  id
  name
  description
  createdAt
  updatedAt
}`, {"hash":"sha256:0d87ca6ae582e0879f5ef86d2d5335102565065316c946d7032144fd9d717799"}) as unknown as TypedDocumentString<CreateToolMutation, CreateToolMutationVariables>;
export const UpdateToolDocument = new TypedDocumentString(`
    mutation UpdateTool($id: ID!, $input: UpdateToolInput!) {
  updateTool(id: $id, input: $input) {
    ...ToolFields
  }
}
    fragment ToolFields on Tool {
  id
  name
  description
  createdAt
  updatedAt
}`, {"hash":"sha256:3daab08dd36ea2f7847872958dfbb329020d34606ae69d902a211d75d5fb0e23"}) as unknown as TypedDocumentString<UpdateToolMutation, UpdateToolMutationVariables>;
export const DeleteToolDocument = new TypedDocumentString(`
    mutation DeleteTool($id: ID!) {
  deleteTool(id: $id) {
    ...ToolFields
  }
}
    fragment ToolFields on Tool {
  id
  name
  description
  createdAt
  updatedAt
}`, {"hash":"sha256:4f76d5bccbaf941d214561085fc704f53e5f1fdbbacf9bbd974a586985af67fb"}) as unknown as TypedDocumentString<DeleteToolMutation, DeleteToolMutationVariables>;
export const StartTriageDocument = new TypedDocumentString(`
    mutation StartTriage($input: StartTriageInput!) {
  startTriage(input: $input) {
    ...TriageRunFields
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}`, {"hash":"sha256:74375d9e8507d9a92dfdcb7f4a8971c403348e1d3db70b8fca817f49abe6c627"}) as unknown as TypedDocumentString<StartTriageMutation, StartTriageMutationVariables>;
export const CancelTriageDocument = new TypedDocumentString(`
    mutation CancelTriage($id: ID!) {
  cancelTriage(id: $id) {
    id
    state
    cancelRequestedAt
    endedAt
  }
}
    `, {"hash":"sha256:31d616fdc3e8f69ce089ab27ac67e1d318cf4bbb4100a97b20a9c9cc48e2dcfc"}) as unknown as TypedDocumentString<CancelTriageMutation, CancelTriageMutationVariables>;
export const TriageRunDocument = new TypedDocumentString(`
    query TriageRun($id: ID!) {
  triageRun(id: $id) {
    ...TriageRunFields
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}`, {"hash":"sha256:496e8a8fcbebb826ef8a009b1207567830201e7fd1fc990855e8a3eaf49493d4"}) as unknown as TypedDocumentString<TriageRunQuery, TriageRunQueryVariables>;
export const TriageRunDetailsDocument = new TypedDocumentString(`
    query TriageRunDetails($id: ID!) {
  triageRun(id: $id) {
    ...TriageRunDetailsFields
  }
}
    fragment TriageRunDetailsFields on TriageRun {
  ...TriageRunFields
  cluster {
    id
    name
  }
  timeoutSeconds
  queuePosition
  cancelRequestedAt
  expiredAt
}
fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}`, {"hash":"sha256:667dad1d5eda3ab2bea844e8c5e0998a40187551ccc87d0d00c2bda5f0c5bd6d"}) as unknown as TypedDocumentString<TriageRunDetailsQuery, TriageRunDetailsQueryVariables>;
export const TriageRunPromptDocument = new TypedDocumentString(`
    query TriageRunPrompt($id: ID!) {
  triageRun(id: $id) {
    id
    prompt
    systemPrompt
    incident
    promptSent
  }
}
    `, {"hash":"sha256:94d11999dce5d2116c09ea9c6d431510b17c4c059d40dd35e2fa264ec49b8498"}) as unknown as TypedDocumentString<TriageRunPromptQuery, TriageRunPromptQueryVariables>;
export const TriageRunArtifactsDocument = new TypedDocumentString(`
    query TriageRunArtifacts($id: ID!, $limit: Int, $offset: Int) {
  triageRun(id: $id) {
    id
    artifactCount
    artifacts(limit: $limit, offset: $offset) {
      name
      bytes
      url
    }
  }
}
    `, {"hash":"sha256:1a55688b39341c36fd1e4775310762f66f96b814b2ed348988dedefa24eb0e69"}) as unknown as TypedDocumentString<TriageRunArtifactsQuery, TriageRunArtifactsQueryVariables>;
export const TriageRunInputDocument = new TypedDocumentString(`
    query TriageRunInput($id: ID!) {
  triageRun(id: $id) {
    id
    instanceId
    clusterId
    aiAgent
    model
    prompt
    systemPrompt
    incident
    allowedTools
    timeoutSeconds
    memoryBytes
    debug
  }
}
    `, {"hash":"sha256:6f3e6be048b53ebe124d26e4c8552a81298e1225cb2934589f57b64542026779"}) as unknown as TypedDocumentString<TriageRunInputQuery, TriageRunInputQueryVariables>;
export const TriageReportDocument = new TypedDocumentString(`
    query TriageReport($id: ID!) {
  triageRun(id: $id) {
    id
    state
    report {
      outcome
      summary
      rootCause {
        statement
        confidence
      }
      evidence {
        statement
        quote
        source
        citation {
          offset
          length
        }
      }
      ruledOut {
        cause
        because
      }
      recommendedActions {
        action
        command
        risk
      }
      missing
    }
    reportProblem {
      code
      path
      message
    }
  }
}
    `, {"hash":"sha256:6a2955692374d960340e3e408c8736136f9b53f0ac722359ad865723dcfc3477"}) as unknown as TypedDocumentString<TriageReportQuery, TriageReportQueryVariables>;
export const RunListDocument = new TypedDocumentString(`
    query RunList($limit: Int, $after: String, $filter: TriageRunFilter) {
  triageRuns(limit: $limit, after: $after, filter: $filter) {
    items {
      ...RunListFields
    }
    nextCursor
  }
}
    fragment RunListFields on TriageRun {
  id
  state
  instanceId
  cluster {
    name
  }
  aiAgent
  model
  prompt
  createdAt
  startedAt
  endedAt
  failure {
    code
    message
  }
  usage {
    tokenCount
    estimatedCost
  }
}`, {"hash":"sha256:5164b582f1977fe7e87f5394157fee2ea79ed151b390e904de02e8e1ff0a4efa"}) as unknown as TypedDocumentString<RunListQuery, RunListQueryVariables>;
export const RunListChangedDocument = new TypedDocumentString(`
    subscription RunListChanged($runId: ID!) {
  triageRunChanged(runId: $runId) {
    ...RunListFields
  }
}
    fragment RunListFields on TriageRun {
  id
  state
  instanceId
  cluster {
    name
  }
  aiAgent
  model
  prompt
  createdAt
  startedAt
  endedAt
  failure {
    code
    message
  }
  usage {
    tokenCount
    estimatedCost
  }
}`, {"hash":"sha256:d48cd8814f25fa542caac14d56f8ae4110cd753d1d0a417ea2d4a7020fe96b2f"}) as unknown as TypedDocumentString<RunListChangedSubscription, RunListChangedSubscriptionVariables>;
export const TriageRunsDocument = new TypedDocumentString(`
    query TriageRuns($limit: Int, $offset: Int, $after: String, $filter: TriageRunFilter) {
  triageRuns(limit: $limit, offset: $offset, after: $after, filter: $filter) {
    items {
      ...TriageRunFields
    }
    nextCursor
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}`, {"hash":"sha256:201c30c2215765854dd68bb6411184a9e0daee850f91d9de4771d54d01591b01"}) as unknown as TypedDocumentString<TriageRunsQuery, TriageRunsQueryVariables>;
export const TriageOutputDocument = new TypedDocumentString(`
    subscription TriageOutput($runId: ID!, $fromOffset: ByteOffset, $encoding: RunLogEncoding) {
  triageOutput(runId: $runId, fromOffset: $fromOffset, encoding: $encoding) {
    offset
    nextOffset
    data
    encoding
  }
}
    `, {"hash":"sha256:570765e377156999eb9f4ae2888ae8af20467f55895b4d3d0618719c1c08d78a"}) as unknown as TypedDocumentString<TriageOutputSubscription, TriageOutputSubscriptionVariables>;
export const TriageRunChangedDocument = new TypedDocumentString(`
    subscription TriageRunChanged($runId: ID!) {
  triageRunChanged(runId: $runId) {
    ...TriageRunFields
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}`, {"hash":"sha256:5be9c57f6edafe33f162eceb0a748f129a4d6e6540e0a8c3b37ccc9f220ecdff"}) as unknown as TypedDocumentString<TriageRunChangedSubscription, TriageRunChangedSubscriptionVariables>;
export const TriageRunDetailsChangedDocument = new TypedDocumentString(`
    subscription TriageRunDetailsChanged($runId: ID!) {
  triageRunChanged(runId: $runId) {
    ...TriageRunDetailsFields
  }
}
    fragment TriageRunDetailsFields on TriageRun {
  ...TriageRunFields
  cluster {
    id
    name
  }
  timeoutSeconds
  queuePosition
  cancelRequestedAt
  expiredAt
}
fragment TriageRunFields on TriageRun {
  id
  instanceId
  clusterId
  aiAgent
  model
  state
  runtime
  modelUpstream
  createdAt
  startedAt
  endedAt
  exitCode
  failure {
    code
    message
  }
  log {
    bytes
    complete
    truncated
    masked
    fileName
  }
  usage {
    requestCount
    errorCount
    limitedCount
    unknownCount
    tokenCount
    inputTokens
    outputTokens
    estimatedCost
    reported {
      inputTokens
      outputTokens
      cacheReadTokens
      cacheWriteTokens
      reasoningTokens
    }
    drift
  }
  artifactCount
  artifacts {
    name
    bytes
    url
  }
}`, {"hash":"sha256:f24fce430a36cbdbd9ce33b20d65ff4799d2dfe1bd89b4c9be597f1acdc2fc21"}) as unknown as TypedDocumentString<TriageRunDetailsChangedSubscription, TriageRunDetailsChangedSubscriptionVariables>;
export const UsageDocument = new TypedDocumentString(`
    query Usage($instanceId: ID!, $from: Date!, $to: Date!, $groupBy: [UsageDimension!]) {
  usage(instanceId: $instanceId, from: $from, to: $to, groupBy: $groupBy) {
    ...UsageFields
  }
}
    fragment UsageFields on Usage {
  day
  aiAgent
  model
  requestCount
  errorCount
  errors {
    error
    count
  }
  partialCount
  limitedCount
  unknownCount
  tokenCount
  inputTokens
  outputTokens
  cacheReadTokens
  cacheWriteTokens
  reasoningTokens
  estimatedCost
  unpricedTokens
  unreportedTokens
}`, {"hash":"sha256:7dc2527f597824361e6c852faec17dd54c6d65d11abc0b10b49e183d1d50a6e9"}) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;
export const UnknownModelCallsDocument = new TypedDocumentString(`
    query UnknownModelCalls($limit: Int, $after: String, $filter: UnknownModelCallFilter) {
  unknownModelCalls(limit: $limit, after: $after, filter: $filter) {
    items {
      id
      instanceId
      aiAgent
      runId
      startedAt
    }
    nextCursor
  }
}
    `, {"hash":"sha256:33f44f4c55870fcaf1715e444c9e359a3c83c626f9c19aa7a3fc7c4a6adacfa0"}) as unknown as TypedDocumentString<UnknownModelCallsQuery, UnknownModelCallsQueryVariables>;
export const UsageChangedDocument = new TypedDocumentString(`
    subscription UsageChanged($instanceId: ID!) {
  usageChanged(instanceId: $instanceId) {
    ...UsageFields
  }
}
    fragment UsageFields on Usage {
  day
  aiAgent
  model
  requestCount
  errorCount
  errors {
    error
    count
  }
  partialCount
  limitedCount
  unknownCount
  tokenCount
  inputTokens
  outputTokens
  cacheReadTokens
  cacheWriteTokens
  reasoningTokens
  estimatedCost
  unpricedTokens
  unreportedTokens
}`, {"hash":"sha256:de2c43a163a803095939d2db16b2bf7e07bd9203139479889e9162ab5f66c576"}) as unknown as TypedDocumentString<UsageChangedSubscription, UsageChangedSubscriptionVariables>;