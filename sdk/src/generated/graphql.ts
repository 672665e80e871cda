/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A command-line AI agent. */
export type AiAgent =
  | 'CLAUDE_CODE'
  | 'CODEX_CLI'
  | 'GEMINI_CLI'
  | 'GOOSE'
  | 'OPENCODE';

/** The configuration of one AI agent on one instance. */
export type ConfigureAiAgentInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** The provider's API key, 8 to 512 printable ASCII characters; left out, the present key stays. */
  apiKey?: string | null | undefined;
  /** The instance. */
  instanceId: string;
  /** The model; left out, the CLI's default. */
  model?: string | null | undefined;
};

/** A new instance. */
export type CreateInstanceInput = {
  /** 1 to 100 characters, unique among the instances of the tenant. */
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

/** Whether an instance takes runs. */
export type InstanceState =
  /** Takes runs, each with what the start pinned. */
  | 'RUNNING'
  /** Takes no runs; what is configured is pinned by the next start. */
  | 'STOPPED';

/** What answered the model calls. */
export type ModelUpstreamKind =
  /** The real provider. */
  | 'HTTP'
  /** The built-in script: no model was asked. */
  | 'MOCK';

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

/** A triage. */
export type StartTriageInput = {
  /** Which AI agent. */
  aiAgent?: AiAgent;
  /** Tools such as `Read` or `Bash(kubectl get:*)`; 64 at most. */
  allowedTools?: Array<string> | null | undefined;
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
  /** 1 to 86400; 600 unless the server is set otherwise. */
  timeoutSeconds?: number | null | undefined;
};

/** Why a run did not succeed. */
export type TriageRunFailureCode =
  /** The agent exited with a code other than 0, or was ended by a signal. */
  | 'AGENT_FAILED'
  /** The container stopped speaking to the server. */
  | 'CHANNEL_LOST'
  /** The container was gone when the server came back. */
  | 'CONTAINER_LOST'
  /** The container was removed from outside. */
  | 'CONTAINER_REMOVED'
  /** The pinned key cannot be read. */
  | 'CREDENTIAL_UNREADABLE'
  /** The server failed. */
  | 'INTERNAL'
  /** A part of the output did not arrive. */
  | 'LOG_INCOMPLETE'
  /** The log's limit, or the disk's, was reached. */
  | 'LOG_LIMIT'
  /** The agent exited with 0 without having finished its work. */
  | 'NO_RESULT'
  /** The memory limit was reached. */
  | 'OUT_OF_MEMORY'
  /** The container could not be created or started. */
  | 'RUNTIME_UNAVAILABLE'
  /** The time was up. */
  | 'TIMED_OUT';

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

export type InstancesQueryVariables = Exact<{
  limit?: number | null | undefined;
  offset?: number | null | undefined;
}>;


export type InstancesQuery = { instances: { items: Array<{ id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, configurationRevision: number | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> }> } };

export type CreateInstanceMutationVariables = Exact<{
  input: CreateInstanceInput;
}>;


export type CreateInstanceMutation = { createInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, configurationRevision: number | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type ConfigureAiAgentMutationVariables = Exact<{
  input: ConfigureAiAgentInput;
}>;


export type ConfigureAiAgentMutation = { configureAiAgent: { aiAgent: AiAgent, configured: boolean, model: string | null, configurationRevision: number | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null } };

export type StartInstanceMutationVariables = Exact<{
  id: string;
}>;


export type StartInstanceMutation = { startInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, configurationRevision: number | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type StopInstanceMutationVariables = Exact<{
  id: string;
}>;


export type StopInstanceMutation = { stopInstance: { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, configurationRevision: number | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> } };

export type InstanceFieldsFragment = { id: string, name: string, state: InstanceState, createdAt: string, startedAt: string | null, aiAgents: Array<{ aiAgent: AiAgent, configured: boolean, model: string | null, configurationRevision: number | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null }> };

export type InstanceAiAgentFieldsFragment = { aiAgent: AiAgent, configured: boolean, model: string | null, configurationRevision: number | null, credentialVersion: number | null, credentialState: CredentialState | null, keyLastFour: string | null, pinnedConfigurationRevision: number | null, pinnedCredentialVersion: number | null };

export type StartTriageMutationVariables = Exact<{
  input: StartTriageInput;
}>;


export type StartTriageMutation = { startTriage: { id: string, instanceId: string, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, inputTokens: number, outputTokens: number }, artifacts: Array<{ name: string, bytes: number }> } };

export type CancelTriageMutationVariables = Exact<{
  id: string;
}>;


export type CancelTriageMutation = { cancelTriage: { id: string, instanceId: string, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, inputTokens: number, outputTokens: number }, artifacts: Array<{ name: string, bytes: number }> } };

export type TriageRunQueryVariables = Exact<{
  id: string;
}>;


export type TriageRunQuery = { triageRun: { id: string, instanceId: string, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, inputTokens: number, outputTokens: number }, artifacts: Array<{ name: string, bytes: number }> } };

export type TriageRunsQueryVariables = Exact<{
  limit?: number | null | undefined;
  after?: string | null | undefined;
  state?: TriageRunState | null | undefined;
  instanceId?: string | null | undefined;
}>;


export type TriageRunsQuery = { triageRuns: { nextCursor: string | null, items: Array<{ id: string, instanceId: string, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, inputTokens: number, outputTokens: number }, artifacts: Array<{ name: string, bytes: number }> }> } };

export type TriageOutputSubscriptionVariables = Exact<{
  runId: string;
  fromOffset?: number | null | undefined;
  encoding?: RunLogEncoding | null | undefined;
}>;


export type TriageOutputSubscription = { triageOutput: { offset: number, nextOffset: number, data: string, encoding: RunLogEncoding } };

export type TriageRunChangedSubscriptionVariables = Exact<{
  runId: string;
}>;


export type TriageRunChangedSubscription = { triageRunChanged: { id: string, instanceId: string, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, inputTokens: number, outputTokens: number }, artifacts: Array<{ name: string, bytes: number }> } };

export type TriageRunFieldsFragment = { id: string, instanceId: string, aiAgent: AiAgent, model: string, state: TriageRunState, runtime: RuntimeKind, modelUpstream: ModelUpstreamKind, createdAt: string, startedAt: string | null, endedAt: string | null, exitCode: number | null, failure: { code: TriageRunFailureCode, message: string } | null, log: { bytes: number, complete: boolean, truncated: boolean, fileName: string }, usage: { requestCount: number, errorCount: number, inputTokens: number, outputTokens: number }, artifacts: Array<{ name: string, bytes: number }> };

export type UsageQueryVariables = Exact<{
  instanceId: string;
  from: string;
  to: string;
}>;


export type UsageQuery = { usage: Array<{ aiAgent: AiAgent, day: string, requestCount: number, tokenCount: number, errorCount: number }> };

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
export const InstanceAiAgentFieldsFragmentDoc = new TypedDocumentString(`
    fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  configurationRevision
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
  aiAgents {
    ...InstanceAiAgentFields
  }
}
    fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  configurationRevision
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`, {"fragmentName":"InstanceFields"}) as unknown as TypedDocumentString<InstanceFieldsFragment, unknown>;
export const TriageRunFieldsFragmentDoc = new TypedDocumentString(`
    fragment TriageRunFields on TriageRun {
  id
  instanceId
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
    fileName
  }
  usage {
    requestCount
    errorCount
    inputTokens
    outputTokens
  }
  artifacts {
    name
    bytes
  }
}
    `, {"fragmentName":"TriageRunFields"}) as unknown as TypedDocumentString<TriageRunFieldsFragment, unknown>;
export const InstancesDocument = new TypedDocumentString(`
    query Instances($limit: Int, $offset: Int) {
  instances(limit: $limit, offset: $offset) {
    items {
      ...InstanceFields
    }
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  configurationRevision
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`) as unknown as TypedDocumentString<InstancesQuery, InstancesQueryVariables>;
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
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  configurationRevision
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`) as unknown as TypedDocumentString<CreateInstanceMutation, CreateInstanceMutationVariables>;
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
  configurationRevision
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`) as unknown as TypedDocumentString<ConfigureAiAgentMutation, ConfigureAiAgentMutationVariables>;
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
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  configurationRevision
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`) as unknown as TypedDocumentString<StartInstanceMutation, StartInstanceMutationVariables>;
export const StopInstanceDocument = new TypedDocumentString(`
    mutation StopInstance($id: ID!) {
  stopInstance(id: $id) {
    ...InstanceFields
  }
}
    fragment InstanceFields on Instance {
  id
  name
  state
  createdAt
  startedAt
  aiAgents {
    ...InstanceAiAgentFields
  }
}
fragment InstanceAiAgentFields on InstanceAiAgent {
  aiAgent
  configured
  model
  configurationRevision
  credentialVersion
  credentialState
  keyLastFour
  pinnedConfigurationRevision
  pinnedCredentialVersion
}`) as unknown as TypedDocumentString<StopInstanceMutation, StopInstanceMutationVariables>;
export const StartTriageDocument = new TypedDocumentString(`
    mutation StartTriage($input: StartTriageInput!) {
  startTriage(input: $input) {
    ...TriageRunFields
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
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
    fileName
  }
  usage {
    requestCount
    errorCount
    inputTokens
    outputTokens
  }
  artifacts {
    name
    bytes
  }
}`) as unknown as TypedDocumentString<StartTriageMutation, StartTriageMutationVariables>;
export const CancelTriageDocument = new TypedDocumentString(`
    mutation CancelTriage($id: ID!) {
  cancelTriage(id: $id) {
    ...TriageRunFields
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
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
    fileName
  }
  usage {
    requestCount
    errorCount
    inputTokens
    outputTokens
  }
  artifacts {
    name
    bytes
  }
}`) as unknown as TypedDocumentString<CancelTriageMutation, CancelTriageMutationVariables>;
export const TriageRunDocument = new TypedDocumentString(`
    query TriageRun($id: ID!) {
  triageRun(id: $id) {
    ...TriageRunFields
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
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
    fileName
  }
  usage {
    requestCount
    errorCount
    inputTokens
    outputTokens
  }
  artifacts {
    name
    bytes
  }
}`) as unknown as TypedDocumentString<TriageRunQuery, TriageRunQueryVariables>;
export const TriageRunsDocument = new TypedDocumentString(`
    query TriageRuns($limit: Int, $after: String, $state: TriageRunState, $instanceId: ID) {
  triageRuns(limit: $limit, after: $after, state: $state, instanceId: $instanceId) {
    items {
      ...TriageRunFields
    }
    nextCursor
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
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
    fileName
  }
  usage {
    requestCount
    errorCount
    inputTokens
    outputTokens
  }
  artifacts {
    name
    bytes
  }
}`) as unknown as TypedDocumentString<TriageRunsQuery, TriageRunsQueryVariables>;
export const TriageOutputDocument = new TypedDocumentString(`
    subscription TriageOutput($runId: ID!, $fromOffset: ByteOffset, $encoding: RunLogEncoding) {
  triageOutput(runId: $runId, fromOffset: $fromOffset, encoding: $encoding) {
    offset
    nextOffset
    data
    encoding
  }
}
    `) as unknown as TypedDocumentString<TriageOutputSubscription, TriageOutputSubscriptionVariables>;
export const TriageRunChangedDocument = new TypedDocumentString(`
    subscription TriageRunChanged($runId: ID!) {
  triageRunChanged(runId: $runId) {
    ...TriageRunFields
  }
}
    fragment TriageRunFields on TriageRun {
  id
  instanceId
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
    fileName
  }
  usage {
    requestCount
    errorCount
    inputTokens
    outputTokens
  }
  artifacts {
    name
    bytes
  }
}`) as unknown as TypedDocumentString<TriageRunChangedSubscription, TriageRunChangedSubscriptionVariables>;
export const UsageDocument = new TypedDocumentString(`
    query Usage($instanceId: ID!, $from: Date!, $to: Date!) {
  usage(instanceId: $instanceId, from: $from, to: $to) {
    aiAgent
    day
    requestCount
    tokenCount
    errorCount
  }
}
    `) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;