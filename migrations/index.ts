import { CreateCore20261120000001 } from './20261120000001-create-core.js';

/** Every migration, oldest first. A migration that was released is never edited. */
export const migrations = [CreateCore20261120000001];
