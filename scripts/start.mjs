// `npm start`: compile what changed, then run the server in this process.
import { build } from './build.mjs';

await build();
await import('../dist/src/main.js');
