import { z } from 'zod';
import { canReadSecrets, fitting, grouped, normalized, readingPart, riskyParts } from './cluster-access.js';
import type { ClusterAccess, ClusterRule } from './cluster-access.js';
import { ClusterClient } from './cluster-client.js';
import type { ClusterAnswer, Dial } from './cluster-client.js';
import type { ClusterConnection } from './cluster-connection.js';
import { asClusterFailure, clusterFailure } from './cluster-failure.js';

/** What was found out about a cluster and its credential. */
export interface ClusterFindings {
  /** e.g. `v1.31.2`; null when the cluster does not tell. */
  readonly kubernetesVersion: string | null;
  /** What may be read, by namespace. */
  readonly access: readonly ClusterAccess[];
  readonly canReadSecrets: boolean;
  /** What an administrator should know of the credential. */
  readonly warnings: readonly string[];
}

const PREFLIGHT_MS = 10_000;
/** Where secrets of the cluster itself, and of whoever named no namespace, lie. */
const ALWAYS_LOOKED_AT = ['default', 'kube-system'];
const MAX_NAMESPACES = 24;
const MAX_RULES = 5_000;
/** Agents read all of it before they begin. */
const MAX_ACCESS_BYTES = 64 * 1024;
const NAMED_PARTS = 10;
const NAMED_NAMESPACES = 3;
const REVIEWS = '/apis/authorization.k8s.io/v1';

/** Go writes an empty list as null. */
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .max(MAX_RULES)
    .nullish()
    .transform((items) => items ?? []);
/** What a rule may be made of: it is shown to people and agents. */
const words = list(z.string().regex(/^[\x21-\x7e]{0,253}$/));
const ruleSchema = z.object({ verbs: words, apiGroups: words, resources: words, resourceNames: words });
const rulesReviewSchema = z.object({
  status: z.object({ incomplete: z.boolean().default(false), resourceRules: list(ruleSchema) }),
});
const accessReviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });
const versionSchema = z.object({ gitVersion: z.string().regex(/^v\d[\w.+-]{0,63}$/) });
const namespacesSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }),
  items: z.array(z.object({ metadata: z.object({ name: z.string().regex(/^[a-z0-9-]{1,63}$/) }) })),
});

/**
 * Asks a cluster who it is and what the credential may do there. Bounded in time and size. Throws CLUSTER_UNUSABLE, saying
 * why, when that cannot be found out; whether a credential that reads Secrets will do is the caller's decision.
 */
export async function preflight(connection: ClusterConnection, dial: Dial): Promise<ClusterFindings> {
  const client = new ClusterClient({ connection, dial, signal: AbortSignal.timeout(PREFLIGHT_MS) });
  try {
    return await new Preflight(client, connection.namespace).run();
  } catch (error) {
    throw asClusterFailure(error);
  } finally {
    await client.close();
  }
}

interface NamespaceReview {
  readonly namespace: string;
  readonly rules: readonly ClusterRule[];
  readonly incomplete: boolean;
}

class Preflight {
  constructor(
    private readonly client: ClusterClient,
    private readonly namespace: string,
  ) {}

  async run(): Promise<ClusterFindings> {
    const kubernetesVersion = await this.#version();
    const everywhere = await this.#mayReadSecrets(undefined);
    const { namespaces, isComplete } = await this.#namespaces();
    const reviews = await Promise.all(namespaces.map((namespace) => this.#review(namespace)));
    const inOne = await Promise.all(reviews.map((review) => this.#readsSecretsIn(review)));
    const access = grouped(
      reviews.map(({ namespace, rules }) => ({
        namespace,
        rules: normalized(rules.flatMap((rule) => readingPart(rule) ?? [])),
      })),
    );
    const shown = fitting(access, MAX_ACCESS_BYTES);
    const isWhole = access.every(({ rules }, index) => rules.length === shown[index]!.rules.length);
    return {
      kubernetesVersion,
      access: shown,
      canReadSecrets: everywhere || inOne.includes(true),
      warnings: [
        ...riskWarnings(reviews),
        ...(reviews.some(({ incomplete }) => incomplete)
          ? ["The cluster does not list all of the credential's permissions: it may do more than is shown."]
          : []),
        ...(isWhole ? [] : ['The credential may read more than is shown: its rules are too many.']),
        ...(isComplete ? [] : [`Only ${namespaces.length} of the cluster's namespaces were looked at.`]),
      ],
    };
  }

  async #version(): Promise<string | null> {
    const answer = await this.client.get('/version');
    if (answer.status === 401) throw clusterFailure('UNAUTHORIZED');
    // A cluster may keep its version from everybody; whether the credential is known shows next.
    if (answer.status === 403) return null;
    return checked(answer, versionSchema).gitVersion;
  }

  /** In one namespace, or in all of them together. */
  async #mayReadSecrets(namespace: string | undefined): Promise<boolean> {
    const may = await Promise.all(['get', 'list', 'watch'].map((verb) => this.#mayDo(verb, 'secrets', namespace)));
    return may.includes(true);
  }

  async #mayDo(verb: string, resource: string, namespace: string | undefined): Promise<boolean> {
    const resourceAttributes = { verb, group: '', resource, ...(namespace !== undefined && { namespace }) };
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
    const answer = await this.client.post(`${REVIEWS}/selfsubjectaccessreviews`, {
      ...review,
      spec: { resourceAttributes },
    });
    return checked(answer, accessReviewSchema).status.allowed;
  }

  /** The context's first; more as far as the credential may list them. */
  async #namespaces(): Promise<{ namespaces: string[]; isComplete: boolean }> {
    const known = [this.namespace, ...ALWAYS_LOOKED_AT];
    const answer = await this.client.get(`/api/v1/namespaces?limit=${MAX_NAMESPACES}`);
    const listed = answer.status === 200 ? checked(answer, namespacesSchema) : { items: [], metadata: {} };
    const names = [...new Set([...known, ...listed.items.map(({ metadata }) => metadata.name)])];
    const namespaces = names.slice(0, MAX_NAMESPACES);
    return { namespaces, isComplete: names.length === namespaces.length && !listed.metadata.continue };
  }

  async #review(namespace: string): Promise<NamespaceReview> {
    const answer = await this.client.post(`${REVIEWS}/selfsubjectrulesreviews`, {
      ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview' },
      spec: { namespace },
    });
    const { incomplete, resourceRules } = checked(answer, rulesReviewSchema).status;
    return { namespace, rules: resourceRules, incomplete };
  }

  /** An authorizer that cannot list its rules can still be asked. */
  async #readsSecretsIn({ namespace, rules, incomplete }: NamespaceReview): Promise<boolean> {
    return rules.some(canReadSecrets) || (incomplete && (await this.#mayReadSecrets(namespace)));
  }
}

function checked<T>({ status, body }: ClusterAnswer, schema: z.ZodType<T>): T {
  if (status === 401) throw clusterFailure('UNAUTHORIZED');
  if (status === 403) throw clusterFailure('FORBIDDEN');
  if (status === 429 || status >= 500) throw clusterFailure('UNREACHABLE');
  const parsed = schema.safeParse(body);
  if (status > 299 || !parsed.success) throw clusterFailure('NOT_KUBERNETES');
  return parsed.data;
}

function riskWarnings(reviews: readonly NamespaceReview[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { namespace, rules } of reviews) {
    const can = [...new Set(rules.flatMap(riskyParts))].sort();
    const named = firstOf(can, NAMED_PARTS);
    if (can.length > 0) groups.set(named, [...(groups.get(named) ?? []), namespace]);
  }
  return [...groups].map(
    ([can, namespaces]) =>
      `The credential can do more than read: ${can} (in ${firstOf(namespaces, NAMED_NAMESPACES)}). See docs/clusters.md.`,
  );
}

const firstOf = (texts: readonly string[], count: number): string =>
  texts.slice(0, count).join(', ') + (texts.length > count ? ` and ${texts.length - count} more` : '');
