// Holds a journal's folder until it is ended. Reads the built product. Arguments: the folder of journals, that of sockets.
import { setInterval } from 'node:timers';
import { JournalFolders } from '../../dist/src/features/usage/journal-folders.js';

const [directory, socketDirectory] = process.argv.slice(2);
const folders = await JournalFolders.open({ directory, socketDirectory });
process.stdout.write(`${folders.id}\n`);
setInterval(() => undefined, 1000);
