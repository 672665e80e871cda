// `npm run demo`: compile what changed, then run the demo, which starts a server when none runs.
import { build } from './build.mjs';

await build();
await import('../dist/demo/main.js');
