// Preloaded into a server whose model calls are to be written down and counted nowhere.
import { UsageJournal } from '../../src/features/usage/index.js';

const nothing = (): void => undefined;
Object.assign(UsageJournal.prototype, { began: nothing, ended: nothing, limited: nothing });
