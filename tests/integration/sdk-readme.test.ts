import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSdkProject, type SdkProject } from '../testkit/sdk-package.js';
import { startTenantsServer, type TenantsServer } from '../testkit/tenants-server.js';
import { createInstance } from '../testkit/triage.js';

const readme = readFileSync(path.resolve(import.meta.dirname, '../../sdk/README.md'), 'utf8');
const examples = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code = ''], index) => ({
  name: `example-${index + 1}.mjs`,
  code,
  /** What its comments say that it prints. */
  printed: [...code.matchAll(/\/\/ → (.+)$/gm)].map(([, text = '']) => text),
}));

let server: TenantsServer;
let project: SdkProject;
beforeAll(async () => {
  [server, project] = await Promise.all([startTenantsServer({ tenants: ['acme'] }), createSdkProject()]);
  await createInstance(server.client('acme', 'ADMIN'));
}, 180_000);
afterAll(async () => {
  await server?.close();
  await project?.remove();
});

describe("the examples of the SDK's README, each with the package that npm makes", () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThan(4);
    expect(examples.filter(({ printed }) => printed.length === 0)).toEqual([]);
  });

  it.each(examples)('run against a server and print what they say: $name', async ({ name, code, printed }) => {
    await project.write(name, code);
    const environment = { TRIAGED_URL: server.url, TRIAGED_API_KEY: server.key('acme', 'OPERATOR') };
    const output = await project.node(name, environment);
    for (const text of printed) expect(output).toContain(text);
  });
});
