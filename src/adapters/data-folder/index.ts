export { makePrivateFolder, openDataFolder } from './data-folder.js';
export type { DataFolder } from './data-folder.js';
