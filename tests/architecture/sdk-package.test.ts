import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { createSdkProject, type SdkProject } from '../testkit/sdk-package.js';

const root = path.resolve(import.meta.dirname, '../..');
jest.setTimeout(120_000);

/** Uses both entry points, and ends with what a closed port is answered with. */
const USE = `
const client = new Triaged({ url: 'http://127.0.0.1:9', apiKey: 'key' });
client.triageRun('any').catch((error) => {
  const is = error instanceof ConnectionLost;
  console.log(JSON.stringify([is, error.name, terminalText('a\\u001b]0;title\\u0007', false)]));
});
`;
/** What that prints. */
const USED = JSON.stringify([true, 'ConnectionLost', 'a␛]0;title␇']);

/** What a user's editor and compiler see. */
const TYPED = `
async function use(): Promise<string[]> {
  const client = new Triaged({ url: new URL('http://localhost'), apiKey: 'key', fetch: globalThis.fetch });
  const { items } = await client.triageRuns({ limit: 1 });
  const states: ('QUEUED' | 'RUNNING')[] = [];
  for (const { state } of items) if (state === 'QUEUED' || state === 'RUNNING') states.push(state);
  // @ts-expect-error: the API has no such variable
  await client.request(CancelTriageDocument, { identifier: 'x' });
  using other = new Triaged({ url: 'http://localhost', apiKey: 'key' });
  void other;
  try {
    for await (const { bytes, text } of client.triageOutput('id')) void [bytes.length, text.length];
  } catch (error) {
    if (error instanceof NotFoundError) {
      const code: 'NOT_FOUND' = error.code;
      return [code];
    }
  }
  return [...states, terminalText('text', true)];
}
void use;
`;
const NAMES = '{ CancelTriageDocument, NotFoundError, Triaged }';

let project: SdkProject;
beforeAll(async () => {
  project = await createSdkProject();
});
afterAll(() => project?.remove());

describe('the package that npm makes of the SDK', () => {
  it('holds what was built, its licence and its README, and nothing else', () => {
    const others = project.files.filter((file) => !/^dist\/(esm|cjs)\/([\w-]+\/)?[\w-]+(\.d\.ts|\.js)$/.test(file));
    expect(others.sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/cjs/package.json',
      'package.json',
      'renderer/package.json',
    ]);
    expect(project.files.filter((file) => file.includes('.test.'))).toEqual([]);
  });

  it('depends on the versions that are tested here', () => {
    const read = (file: string) =>
      JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, Record<string, string>>;
    const { dependencies, devDependencies } = read('package.json');
    for (const [name, range] of Object.entries(read('sdk/package.json').dependencies!)) {
      expect(`${name} ^${{ ...dependencies, ...devDependencies }[name]!}`).toBe(`${name} ${range}`);
    }
  });

  it('has no fault that publint finds', async () => {
    const tarball = Uint8Array.from(project.tarball).buffer;
    expect((await publint({ pack: { tarball }, strict: true })).messages).toEqual([]);
  });

  it('has types that resolve as its code does, wherever it is imported', async () => {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(project.tarball)));
    expect(result).toMatchObject({ types: { kind: 'included' }, problems: [] });
  });

  it.each([
    [
      'use.mjs',
      "import { ConnectionLost, Triaged } from '@triaged/sdk'; import { terminalText } from '@triaged/sdk/renderer';",
    ],
    [
      'use.cjs',
      "const { ConnectionLost, Triaged } = require('@triaged/sdk'); const { terminalText } = require('@triaged/sdk/renderer');",
    ],
  ])('runs in Node as %s', async (name, imports) => {
    await project.write(name, imports + USE);
    expect((await project.node(name)).trim()).toBe(USED);
  });

  it.each([
    ['esm.mts', 'nodenext', ['--lib', 'ES2022,DOM']],
    ['cjs.cts', 'nodenext', ['--lib', 'ES2022,DOM']],
    ['bundled.ts', 'esnext', ['--lib', 'ES2022,DOM', '--moduleResolution', 'bundler']],
  ])('has types that a strict compiler takes: %s, module %s', async (name, module, flags) => {
    const file = await project.write(
      name,
      `import ${NAMES} from '@triaged/sdk';\nimport { terminalText } from '@triaged/sdk/renderer';\n${TYPED}`,
    );
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--target', 'ES2022'];
    const flagged = [...strict, '--module', module, ...flags];
    const { stdout } = spawnSync(process.execPath, [tsc, file, ...flagged], { cwd: project.folder, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('bundles for browsers without a part of Node, and without the documents that are not used', async () => {
    const entry = await project.write(
      'page.js',
      "import { Triaged } from '@triaged/sdk'; document.title = typeof new Triaged({ url: location.origin, apiKey: '' });",
    );
    const { outputFiles, metafile } = await build({
      ...{ entryPoints: [entry], bundle: true, platform: 'browser', format: 'esm', minify: true },
      ...{ write: false, metafile: true, logLevel: 'silent', absWorkingDir: project.folder },
    });
    const inputs = Object.keys(metafile.inputs).filter((name) => !name.includes('@triaged/sdk'));
    expect(inputs.filter((name) => !/graphql-ws\/dist\/(client|common-\w+)\.js$/.test(name))).toEqual(['page.js']);
    const { text } = outputFiles[0]!;
    expect(text).toContain('subscription TriageOutput(');
    expect(text).not.toContain('mutation RegisterCluster(');
    expect(text).not.toMatch(/\brequire\(|node:/);
  });
});
