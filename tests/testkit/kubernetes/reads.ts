import type { Attempt } from './access.js';
import { apiVersionOf, type ResourceType } from './catalogue.js';
import type { ClusterContent, KubeObject, Pod } from './objects.js';
import { readLog } from './pod-log.js';
import { BadSelector, fieldSelector, labelSelector } from './selectors.js';
import { asTable } from './table.js';

const RESOURCE_VERSION = '1000';

/** A read that the rules allow. */
export interface Read extends Attempt {
  readonly type: ResourceType;
  readonly subresource: string;
  readonly query: URLSearchParams;
  readonly accept: string;
}

/** An answer other than what was asked for; it is sent as a Status object. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details: object = {},
  ) {
    super(message);
  }
}

export const noSuchResource = () => new Refused(404, 'NotFound', 'the server could not find the requested resource');

/** An object, a list, a table of either, or the text of a log. */
export function read(cluster: ClusterContent, asked: Read): object | string {
  const { type, namespace, name, subresource } = asked;
  const inScope = cluster.objects.filter(
    (object) =>
      object.kind === type.kind &&
      object.apiVersion === apiVersionOf(type) &&
      (!namespace || object.metadata.namespace === namespace),
  );
  if (!name) {
    const { page, metadata } = paginate(select(inScope, asked), asked.query);
    const list = { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items: page };
    return tableIfAsked(asked, page, metadata) ?? list;
  }
  const object = inScope.find((candidate) => candidate.metadata.name === name);
  if (!object) {
    throw new Refused(404, 'NotFound', `${type.plural} "${name}" not found`, {
      name,
      group: type.group,
      kind: type.plural,
    });
  }
  if (!subresource) return tableIfAsked(asked, [object], {}) ?? object;
  if (type.kind !== 'Pod' || subresource !== 'log') throw noSuchResource();
  const log = readLog(object as Pod, cluster.logs, asked.query);
  if ('refused' in log) throw new Refused(400, 'BadRequest', log.refused);
  return log.text;
}

function select(objects: readonly KubeObject[], { query, type }: Read): KubeObject[] {
  try {
    const byField = fieldSelector(query.get('fieldSelector') ?? '', type);
    const byLabel = labelSelector(query.get('labelSelector') ?? '');
    return objects.filter((object) => byField(object) && byLabel(object));
  } catch (error) {
    if (error instanceof BadSelector) throw new Refused(400, 'BadRequest', error.message);
    throw error;
  }
}

/** One page of `limit` objects; `continue` is the offset of the next. */
function paginate(objects: readonly KubeObject[], query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? 0) || objects.length;
  const offset = Number(Buffer.from(query.get('continue') ?? '', 'base64').toString() || 0);
  if (!Number.isSafeInteger(offset)) throw new Refused(400, 'BadRequest', 'continue key is not valid');
  const remaining = Math.max(0, objects.length - offset - limit);
  const next = { continue: Buffer.from(String(offset + limit)).toString('base64'), remainingItemCount: remaining };
  return {
    page: objects.slice(offset, offset + limit),
    metadata: { resourceVersion: RESOURCE_VERSION, ...(remaining > 0 ? next : {}) },
  };
}

function tableIfAsked({ accept, type, query }: Read, objects: readonly KubeObject[], metadata: object) {
  if (!accept.includes('as=Table')) return undefined;
  const [, version = 'v1'] = /as=Table;v=(v1(?:beta1)?)/.exec(accept) ?? [];
  return asTable(type, objects, { version, metadata, includeObject: query.get('includeObject') ?? 'Metadata' });
}
