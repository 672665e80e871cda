import type { DataSource } from 'typeorm';
import { TriageRunEntity } from './triage-run.entity.js';

/** Columns that may be long, the incident 256 KiB: who does not show them leaves them out. */
export const LONG_TEXTS = ['prompt', 'systemPrompt', 'incident'] as const satisfies readonly (keyof TriageRunEntity)[];
export type LongText = (typeof LONG_TEXTS)[number];

/** Those that are not among the selected fields, which are named as in the schema. */
export const longTextsBut = (selected: ReadonlySet<string>, prefix = ''): LongText[] =>
  LONG_TEXTS.filter((column) => !selected.has(prefix + column));

/** A run's columns without these, by their names in the entity; what is not read is undefined in it. */
export const runColumns = (dataSource: DataSource, without: readonly LongText[]): string[] =>
  dataSource
    .getMetadata(TriageRunEntity)
    .columns.map(({ propertyName }) => propertyName)
    .filter((name) => !without.some((each) => each === name));
