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

  /** Opened, oldest first; not what was put aside. */
  segments(): JournalSegment[] {
    const { id, directory } = this.options;
    const names = segmentNamesIn(directory)
      .filter(({ isDamaged }) => !isDamaged)
      .sort((a, b) => a.number - b.number);
    const opened: JournalSegment[] = [];
    try {
      for (const { file } of names) opened.push(JournalSegment.open(id, directory, file));
    } catch (error) {
      for (const segment of opened) segment.close();
      throw error;
    }
    return opened;
  }

  remove(): Promise<void> {
    return this.options.remove();
  }
}
