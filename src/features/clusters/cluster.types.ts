import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '../../kernel/enum-of.js';
import { PageType } from '../../kernel/page-type.js';
import { DateTime } from '../../kernel/scalars.js';
import { CLUSTER_CREDENTIAL_KINDS } from './cluster-connection.js';
import type { ClusterCredential } from './cluster-connection.js';

export const ClusterCredentialKindEnum = enumOf(CLUSTER_CREDENTIAL_KINDS);
registerEnumType(ClusterCredentialKindEnum, {
  name: 'ClusterCredentialKind',
  description: 'How runs prove to a cluster who they are.',
  valuesConfig: {
    TOKEN: { description: "A bearer token, such as a service account's." },
    CLIENT_CERTIFICATE: { description: 'A certificate and its private key.' },
  },
});

@ObjectType('ClusterRule', { description: 'What may be read, in the terms of RBAC.', simpleResolvers: true })
export class ClusterRuleType {
  @Field(() => [String], { description: '`get`, `list`, `watch`.' })
  verbs!: readonly string[];

  @Field(() => [String], { description: 'API groups; the core group is the empty text, `*` is all.' })
  apiGroups!: readonly string[];

  @Field(() => [String], { description: 'Resources such as `pods` or `pods/log`; `*` is all.' })
  resources!: readonly string[];

  @Field(() => [String], { description: 'Only objects of these names; empty for all.' })
  resourceNames!: readonly string[];
}

@ObjectType('ClusterAccess', { description: 'Namespaces in which the same may be read.', simpleResolvers: true })
export class ClusterAccessType {
  @Field(() => [String], { description: 'The namespaces.' })
  namespaces!: readonly string[];

  @Field(() => [ClusterRuleType], { description: 'What may be read in each of them.' })
  rules!: readonly ClusterRuleType[];
}

@ObjectType('Cluster', { description: 'A Kubernetes cluster that runs may reach.', simpleResolvers: true })
export class ClusterType {
  @Field(() => ID, { description: 'UUID v4.' })
  id!: string;

  @Field(() => String, { description: "Unique among the tenant's clusters, case included." })
  name!: string;

  @Field(() => String, { description: 'Where its API server is.' })
  serverUrl!: string;

  @Field(() => [String], {
    description: "SHA-256 of each certificate of its CA; empty where the machine's own list of authorities is used.",
  })
  caFingerprints!: readonly string[];

  @Field(() => String, { description: "The namespace that kubectl uses unless it is told another: the context's." })
  namespace!: string;

  @Field(() => ClusterCredentialKindEnum, {
    description: 'How runs prove who they are; the credential is never shown.',
  })
  credentialKind!: ClusterCredential['kind'];

  @Field(() => Int, { description: 'Counted from 1: rises with each new kubeconfig.' })
  credentialVersion!: number;

  @Field(() => DateTime, { nullable: true, description: 'When the credential expires, as far as it tells.' })
  credentialExpiresAt!: Date | null;

  @Field(() => String, { nullable: true, description: "The API server's version, such as `v1.31.2`, if it tells." })
  kubernetesVersion!: string | null;

  @Field(() => [ClusterAccessType], { description: 'What may be read, by namespace, as of the last check.' })
  access!: readonly ClusterAccessType[];

  @Field(() => Boolean, { description: 'Whether the credential can read Secrets somewhere, as of the last check.' })
  canReadSecrets!: boolean;

  @Field(() => [String], { description: 'What an administrator should know, such as permissions to change something.' })
  warnings!: readonly string[];

  @Field(() => DateTime, { description: 'When the cluster was last asked, with success.' })
  checkedAt!: Date;

  @Field(() => DateTime, { description: 'When it was registered.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When name or kubeconfig was changed last.' })
  updatedAt!: Date;
}

@ObjectType('ClusterPage', { description: "A part of the tenant's clusters, newest first.", simpleResolvers: true })
export class ClusterPageType extends PageType {
  @Field(() => [ClusterType], { description: 'The clusters of this page.' })
  items!: ClusterType[];
}

const KUBECONFIG =
  'At most 256 KiB of YAML or JSON. Server, CA and a token or client certificate are taken from one context; what would ' +
  'run programs, read files or go through a proxy is refused. docs/clusters.md shows how to make one.';
const CONTEXT = "Which of the kubeconfig's contexts; its current one unless given.";

@InputType('RegisterClusterInput', { description: 'A new cluster.' })
export class RegisterClusterInput {
  @Field(() => String, {
    description: '1 to 100 characters on one line, unless the operator set another bound. Unique in the tenant.',
  })
  name!: string;

  @Field(() => String, { description: KUBECONFIG })
  kubeconfig!: string;

  @Field(() => String, { nullable: true, description: CONTEXT })
  context?: string | null;
}

@InputType('UpdateClusterInput', {
  description: 'What to change of a cluster; what is left out or null stays as it is.',
})
export class UpdateClusterInput {
  @Field(() => String, { nullable: true, description: 'Its new name, as for a new cluster.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: KUBECONFIG })
  kubeconfig?: string | null;

  @Field(() => String, { nullable: true, description: CONTEXT })
  context?: string | null;
}

@InputType('ClusterFilter', { description: 'Which clusters a list holds; all of them unless something is given.' })
export class ClusterFilterInput {
  @Field(() => String, { nullable: true, description: 'Only the cluster of exactly this name.' })
  name?: string | null;
}
