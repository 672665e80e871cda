import type { ClusterFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { Badge, localTime, useNow } from '../../ui/index.js';

const SOON_MS = 7 * 86_400_000;

/** What the credential is, and when it ends. */
export function ExpiryBadge({
  cluster: { credentialKind, credentialExpiresAt },
}: {
  readonly cluster: Pick<ClusterFieldsFragment, 'credentialKind' | 'credentialExpiresAt'>;
}) {
  const now = useNow();
  const kind = credentialKind === 'TOKEN' ? 'Token' : 'Client certificate';
  if (credentialExpiresAt === null) return <>{kind}</>;
  const left = Date.parse(credentialExpiresAt) - now;
  const until = localTime(credentialExpiresAt);
  if (left <= 0) return <Badge tone="bad">{`${kind}, ended ${until}`}</Badge>;
  return left < SOON_MS ? <Badge tone="warn">{`${kind}, until ${until}`}</Badge> : <>{`${kind}, until ${until}`}</>;
}
