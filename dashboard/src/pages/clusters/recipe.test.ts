import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { recipeOf } from './recipe.js';

it('finds manifest and commands in docs/clusters.md', () => {
  const { manifest, commands } = recipeOf(
    readFileSync(path.resolve(import.meta.dirname, '../../../../docs/clusters.md'), 'utf8'),
  );
  expect(manifest).toMatch(/^apiVersion: v1\nkind: Namespace\n[^]*kind: ClusterRoleBinding[^]*namespace: triaged$/);
  expect(commands).toMatch(/^kubectl apply -f triaged-read\.yaml\n[^]*\nKUBECONFIG$/);
});
