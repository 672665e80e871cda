import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { link, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { extract } from 'tar-stream';
import { RunRig, type RunRigOptions } from '../../tests/testkit/run-rig.js';

jest.setTimeout(60_000);
const rigs: RunRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

async function openRig(options: RunRigOptions = {}): Promise<RunRig> {
  const rig = await RunRig.create(options);
  rigs.push(rig);
  await rig.open();
  return rig;
}

const shell = (script: string, more: RunRigOptions['bootstrap'] = {}): RunRigOptions => ({
  bootstrap: { command: ['sh', '-c', script], ...more },
});
const logOf = async (rig: RunRig): Promise<string> => (await readFile(rig.store.path(rig.runId))).toString('utf8');
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error('waited 20 s in vain');
  }
}

async function namesIn(tar: Buffer): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    found[entry.header.name] = Buffer.concat(chunks).toString('utf8');
  }
  return found;
}

describe('triaged-init', () => {
  it('keeps the order of stdout and stderr, exits like the agent and reports the digest', async () => {
    const rig = await openRig(
      shell('echo one; echo two >&2; echo three > /dev/stdout; echo four | tee /dev/stderr; exit 7'),
    );
    expect(await rig.startInit().exited).toBe(7);
    const text = 'one\ntwo\nthree\nfour\nfour\n';
    expect(await logOf(rig)).toBe(text);
    expect(rig.reports).toEqual([
      {
        exitCode: 7,
        signal: null,
        timedOut: false,
        outputBytes: text.length,
        outputSha256: sha256(text),
        artifactsOverLimit: false,
      },
    ]);
  });

  it('gives the agent exactly its environment and its files, with their modes', async () => {
    const rig = await openRig({ bootstrap: { command: ['env'] } });
    const file = path.join(rig.folder, 'a/b/key');
    const bootstrap = rig.bootstrap();
    Object.assign(rig, {
      bootstrap: () => ({ ...bootstrap, files: [{ path: file, mode: 0o600, contentBase64: btoa('content') }] }),
    });
    expect(await rig.startInit({ NOT_FOR_THE_AGENT: 'x' }).exited).toBe(0);
    const text = await logOf(rig);
    expect(Array.from(text.matchAll(/^([^=]+)=/gm), ([, name]) => name).sort()).toEqual([
      'ANTHROPIC_BASE_URL',
      'HOME',
      'PATH',
    ]);
    expect(text).toMatch(/ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/anthropic/);
    expect(await readFile(file, 'utf8')).toBe('content');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  });

  it('writes the URL of its CONNECT listener where files and variables ask for it, and nowhere else', async () => {
    const content = Buffer.from('proxy-url: @CONNECT_PROXY@\n').toString('base64');
    const rig = await openRig(shell('echo "$HTTPS_PROXY"; cat "$HOME/asks" "$HOME/does-not"'));
    const bootstrap = rig.bootstrap();
    const files = [
      { path: path.join(rig.folder, 'asks'), mode: 0o600, contentBase64: content, substitute: true },
      { path: path.join(rig.folder, 'does-not'), mode: 0o600, contentBase64: content },
    ];
    Object.assign(rig, { bootstrap: () => ({ ...bootstrap, connectProxyVariables: ['HTTPS_PROXY'], files }) });
    expect(await rig.startInit().exited).toBe(0);
    const [variable, asked, unasked] = (await logOf(rig)).split('\n');
    expect(variable).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect([asked, unasked]).toEqual([`proxy-url: ${variable}`, 'proxy-url: @CONNECT_PROXY@']);
  });

  it('ends an agent that ignores TERM with KILL after the grace when its time is up', async () => {
    const rig = await openRig(shell('trap "" TERM; echo up; while :; do sleep 0.1; done', { timeoutSeconds: 1 }));
    expect(await rig.startInit().exited).toBe(124);
    expect(rig.reports[0]).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true });
  });

  it('passes TERM on and reports the signal', async () => {
    const rig = await openRig(shell('echo up; exec sleep 30'));
    const { child, exited } = rig.startInit();
    await until(() => rig.log!.size > 0);
    child.kill('SIGTERM');
    expect(await exited).toBe(143);
    expect(rig.reports[0]).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: false });
  });

  it('ends background processes that hold the output open, keeping what they wrote', async () => {
    const rig = await openRig(shell('(echo late; exec sleep 60) & echo done'));
    const begun = Date.now();
    expect(await rig.startInit().exited).toBe(0);
    expect(Date.now() - begun).toBeLessThan(15_000);
    expect((await logOf(rig)).split('\n').sort()).toEqual(['', 'done', 'late']);
  });

  it('says in the log why a command cannot be started', async () => {
    const rig = await openRig({ bootstrap: { command: ['/no/such/program'] } });
    expect(await rig.startInit().exited).toBe(127);
    expect(await logOf(rig)).toMatch(/cannot be started: .*ENOENT/);
  });

  it('sends regular files back, after a failed first try, and leaves out links and what exceeds the cap', async () => {
    const rig = await openRig(shell('echo report > "$HOME/output/report.md"', { maxArtifactBytes: 100_000 }));
    await mkdir(path.join(rig.folder, 'workspace/deep, "folder"'));
    await writeFile(path.join(rig.folder, 'workspace/deep, "folder"/-n ü'), 'odd name');
    await writeFile(path.join(rig.folder, 'workspace/large'), Buffer.alloc(200_000));
    await symlink('/etc/passwd', path.join(rig.folder, 'output/link'));
    await link(path.join(rig.folder, 'workspace/deep, "folder"/-n ü'), path.join(rig.folder, 'workspace/twin'));
    rig.artifactFaults = 1;
    const { exited, diagnostics } = rig.startInit();
    expect(await exited).toBe(0);
    expect(await namesIn(rig.artifacts[0]!)).toEqual({
      'output/report.md': 'report\n',
      'workspace/deep, "folder"/-n ü': 'odd name',
      'workspace/twin': 'odd name',
    });
    expect(diagnostics()).toContain('some artifacts are too large');
    expect(rig.reports[0]).toMatchObject({ exitCode: 0, artifactsOverLimit: true });
  });

  it('ends an agent that fills its folders beyond what is kept', async () => {
    const fill = 'while :; do head -c 50000 /dev/zero >> "$HOME/output/grows"; sleep 0.05; done';
    const rig = await openRig(shell(fill, { maxArtifactBytes: 100_000 }));
    await rig.startInit().exited;
    expect(rig.reports[0]).toMatchObject({ exitCode: null, signal: 'SIGTERM', artifactsOverLimit: true });
  });

  it('is not impressed by a file that is large and holds nothing', async () => {
    const sparse = 'truncate -s 10G "$HOME/output/sparse"; echo report > "$HOME/output/report.md"; sleep 60';
    const rig = await openRig(shell(sparse, { maxArtifactBytes: 100_000 }));
    await rig.startInit().exited;
    expect(rig.reports[0]).toMatchObject({ signal: 'SIGTERM', artifactsOverLimit: true });
    expect(await namesIn(rig.artifacts[0]!)).toEqual({ 'output/report.md': 'report\n' });
  });

  it('ends the agent when the log is full, and reports all that it wrote', async () => {
    const rig = await openRig({ ...shell('yes'), maxLogBytes: 100_000 });
    await rig.startInit().exited;
    expect(await rig.store.size(rig.runId)).toBe(100_000);
    expect(rig.reports[0]!.outputBytes).toBeGreaterThan(100_000);
    expect(rig.reports[0]!.signal).toBe('SIGTERM');
  });

  it('exits with 70 when the server stays away after the end of the agent', async () => {
    const rig = await openRig(shell('echo up; sleep 1; echo lost'));
    const { exited } = rig.startInit({ TRIAGED_PATIENCE_SECONDS: '1' });
    await until(() => rig.log!.size > 0);
    await rig.cut();
    expect(await exited).toBe(70);
    expect(rig.reports).toEqual([]);
  });

  it('waits for a server that is not there yet and gives up after its patience', async () => {
    const rig = await openRig();
    await rig.cut();
    expect(await rig.startInit({ TRIAGED_PATIENCE_SECONDS: '0.3' }).exited).toBe(70);
    const { exited } = rig.startInit();
    await delay(300);
    await rig.open();
    expect(await exited).toBe(0);
    expect(await logOf(rig)).toBe('hello\n');
  });

  it('refuses to run twice: secrets are delivered once', async () => {
    const rig = await openRig();
    expect(await rig.startInit().exited).toBe(0);
    expect(await rig.startInit().exited).toBe(71);
    expect(rig.reports).toHaveLength(1);
  });
});
