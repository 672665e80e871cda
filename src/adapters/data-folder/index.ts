export { makePrivateFolder, openDataFolder } from './data-folder.js';
export type { DataFolder } from './data-folder.js';
export { openRunFolder } from './run-folder.js';
export type { RunFolder } from './run-folder.js';
