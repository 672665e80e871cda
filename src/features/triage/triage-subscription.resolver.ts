import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { make } from '../../kernel/make.js';
import { selectedFields } from '../../kernel/selection.js';
import { ByteOffset } from '../../kernel/scalars.js';
import { SharedEvents } from '../../kernel/shared-events.js';
import type { RunLogChunk, RunLogEncoding } from '../run-log/index.js';
import type { TriageRunEntity } from './triage-run.entity.js';
import { longTextsBut } from './run-columns.js';
import { triageRunType } from './triage-run.view.js';
import type { TriageStream } from './triage-stream.js';
import { RunLogChunkType, RunLogEncodingEnum, TriageRunType } from './triage.types.js';

interface OutputArguments {
  readonly runId: string;
  readonly fromOffset?: number | null;
  readonly encoding?: RunLogEncoding | null;
}

/**
 * Makes the resolver class for one TriageStream, or one that only describes the fields. A class in a function, because
 * type-graphql calls a custom `subscribe` without an instance; it gives it raw arguments and no defaults either.
 */
export function createTriageSubscriptionResolver(
  stream: Pick<TriageStream, 'output' | 'changes'> = describing,
): new () => object {
  @Resolver()
  class TriageSubscriptionResolver {
    @Auth('VIEWER')
    @SharedEvents()
    @Subscription(() => RunLogChunkType, {
      description: "A run's output, live: everything from an offset on, then what comes, until the run has ended.",
      subscribe: ({ args, context }) => {
        const { runId, fromOffset, encoding } = args as OutputArguments;
        return stream.output((context as GraphQLContext).actor, runId, fromOffset ?? 0, encoding ?? 'UTF8');
      },
    })
    triageOutput(
      @Root() chunk: RunLogChunk,
      @Arg('runId', () => ID, { description: 'The run.' }) _runId: string,
      @Arg('fromOffset', () => ByteOffset, { defaultValue: 0, description: 'The first byte wanted.' })
      _fromOffset: number,
      @Arg('encoding', () => RunLogEncodingEnum, { defaultValue: 'UTF8', description: 'How bytes become text.' })
      _encoding: RunLogEncoding,
    ): RunLogChunkType {
      return make(RunLogChunkType, chunk);
    }

    @Auth('VIEWER')
    @Subscription(() => TriageRunType, {
      description: 'A run as it stands, then each change of it; ends after its end.',
      subscribe: ({ args, context, info }) => {
        const { runId } = args as { readonly runId: string };
        const selected = selectedFields(info);
        const asked = { withPosition: selected.has('queuePosition'), without: longTextsBut(selected) };
        return stream.changes((context as GraphQLContext).actor, runId, asked);
      },
    })
    triageRunChanged(
      @Root() run: TriageRunEntity,
      @Arg('runId', () => ID, { description: 'The run.' }) _runId: string,
    ): TriageRunType {
      return triageRunType(run);
    }
  }
  return TriageSubscriptionResolver;
}

const describing: Pick<TriageStream, 'output' | 'changes'> = {
  output: () => Promise.reject(new Error('this schema only describes its fields')),
  changes: () => Promise.reject(new Error('this schema only describes its fields')),
};
