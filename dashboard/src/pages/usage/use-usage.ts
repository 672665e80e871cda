import { useEffect, useEffectEvent, useRef } from 'react';
import { useSubscription } from 'urql';
import { UsageChangedDocument, UsageDocument } from '../../../../sdk/src/generated/graphql.js';
import type { UsageFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { documentOf, useRead } from '../../api/index.js';
import type { Read } from '../../api/index.js';
import { withDay } from './usage-series.js';
import type { Grouping } from './usage-series.js';

export type Usage = UsageFieldsFragment;

/** News come at most once a second; by model, where they do not say all, it is read anew at most so often. */
const READ_EVERY_MS = 5_000;

/** An instance's usage by day, live. */
export function useUsage(
  instanceId: string,
  range: { readonly from: string; readonly to: string },
  grouping: Grouping,
  { pause }: { readonly pause: boolean },
): Read<readonly Usage[]> {
  const read = useRead(UsageDocument, { instanceId, ...range, groupBy: ['DAY', grouping] }, { pause });
  const [{ data: news }] = useSubscription({
    query: documentOf(UsageChangedDocument),
    variables: { instanceId },
    pause,
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const noteNews = useEffectEvent(() => {
    if (grouping !== 'MODEL') return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      read.reload();
    }, READ_EVERY_MS);
  });
  useEffect(() => {
    if (news) noteNews();
  }, [news]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const sums = read.data?.usage;
  return { ...read, data: sums && (grouping === 'AI_AGENT' ? withDay(sums, news?.usageChanged ?? []) : sums) };
}
