// `npm run bench [-- --only GROUP] [-- --quick]`: compile what changed, then measure.
import { build } from './build.mjs';

await build();
await import('../dist/bench/main.js');
