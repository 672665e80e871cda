#!/usr/bin/env node
// `triaged`: compile what changed, then run the command in this process.
import { build } from './build.mjs';

await build();
await import('../dist/src/cli/main.js');
