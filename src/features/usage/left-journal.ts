import { JournalSegment, segmentNamesIn } from './journal-segment.js';

export interface LeftJournalOptions {
  readonly id: string;
  readonly directory: string;
  /** Called once nothing of it is wanted any more. */
  readonly remove: () => Promise<void>;
}

/** The journal of a process that is gone, in this process' hands alone. */
export class LeftJournal {
  constructor(private readonly options: LeftJournalOptions) {}

  get id(): string {
    return this.options.id;
  }

  /** Oldest first; not what was put aside. */
  segments(): JournalSegment[] {
    const { id, directory } = this.options;
    return segmentNamesIn(directory)
      .filter(({ isDamaged }) => !isDamaged)
      .sort((a, b) => a.number - b.number)
      .map(({ file }) => JournalSegment.open(id, directory, file));
  }

  remove(): Promise<void> {
    return this.options.remove();
  }
}
