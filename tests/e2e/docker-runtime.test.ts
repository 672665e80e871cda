import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import Docker from 'dockerode';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { CONTAINER_CHANNEL_DIRECTORY } from '../../agent-image/triaged-init/protocol.js';
import { dockerOptions } from '../../src/adapters/container-runtime/docker-engine.js';
import { STATE_FOLDERS } from '../../src/adapters/container-runtime/docker-layout.js';
import { DockerRuntime } from '../../src/adapters/container-runtime/docker-runtime.js';
import { newRunId } from '../../src/kernel/ids.js';
import type { ContainerHandle, ContainerSpec } from '../../src/ports/container-runtime.js';
import { startEngineProxy, type EngineProxy } from '../testkit/engine-proxy.js';
import { makeChangedImage, makeScriptedImage, scriptedImage } from '../testkit/scripted-image.js';

jest.setTimeout(60_000);

const dockerHost = process.env.DOCKER_HOST;
const engineSocket = (dockerHost ?? 'unix:///var/run/docker.sock').replace('unix://', '');
const docker = new Docker(dockerOptions(dockerHost));
const logger = pino({ level: 'silent' });
const configurationFolder = '/root/deep/data/instance/ai-agents/claude-code';
const runGroup = `test-${newRunId()}`;
const never = () => new AbortController().signal;

const runtimeOn = (host: string | undefined, engineTimeoutMs = 10_000) =>
  new DockerRuntime({ dockerHost: host, image: scriptedImage, runGroup, logger, engineTimeoutMs });

describe('DockerRuntime', () => {
  const runtime = runtimeOn(dockerHost);
  const folders: string[] = [];
  const proxies: EngineProxy[] = [];

  /** A spec whose container runs the given bash script. */
  async function specFor(script: string, overrides: Partial<ContainerSpec> = {}): Promise<ContainerSpec> {
    const channelDirectory = await mkdtemp(path.join(tmpdir(), 'channel-'));
    folders.push(channelDirectory);
    await chmod(channelDirectory, 0o755);
    await writeFile(path.join(channelDirectory, 'agent.sh'), script);
    return {
      runId: newRunId(),
      aiAgent: 'CLAUDE_CODE',
      channelDirectory,
      memoryFolders: [configurationFolder],
      memoryBytes: 256 * 1024 ** 2,
      cpus: 1,
      pids: 64,
      ...overrides,
    };
  }

  async function started(script: string, overrides: Partial<ContainerSpec> = {}): Promise<ContainerHandle> {
    const handle = await runtime.create(await specFor(script, overrides));
    await runtime.start(handle);
    return handle;
  }

  async function engineProxy(): Promise<EngineProxy> {
    const proxy = await startEngineProxy(engineSocket);
    proxies.push(proxy);
    return proxy;
  }

  async function printed(handle: ContainerHandle): Promise<string> {
    const log = await docker.getContainer(handle).logs({ stdout: true, stderr: true, follow: false });
    let text = '';
    for (let at = 0; at < log.length; at += 8 + log.readUInt32BE(at + 4)) {
      text += log.toString('utf8', at + 8, at + 8 + log.readUInt32BE(at + 4));
    }
    return text;
  }

  async function running(script: string): Promise<ContainerHandle> {
    const handle = await started(script);
    for (let tries = 0; !(await printed(handle)).includes('ready') && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return handle;
  }

  beforeAll(() => makeScriptedImage(dockerHost));

  afterEach(async () => {
    for (const { handle } of await runtime.list()) await runtime.remove(handle);
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
  });

  afterAll(async () => {
    await runtime.close();
    await docker.getImage(scriptedImage).remove();
  });

  it('gives the engine nothing but the hardened form', async () => {
    const spec = await specFor('exit 0');
    const handle = await runtime.create(spec);
    const { Config, HostConfig, Mounts } = await docker.getContainer(handle).inspect();
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: null,
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      ReadonlyRootfs: true,
      Init: false,
      AutoRemove: false,
      IpcMode: 'private',
      PidMode: '',
      Memory: spec.memoryBytes,
      MemorySwap: spec.memoryBytes,
      NanoCpus: 1e9,
      PidsLimit: 64,
      PublishAllPorts: false,
      Binds: null,
      LogConfig: { Type: 'local', Config: { 'max-size': '1m', 'max-file': '2' } },
    });
    expect(HostConfig.Devices ?? []).toEqual([]);
    expect(Object.keys(HostConfig.Tmpfs ?? {}).sort()).toEqual([...STATE_FOLDERS, configurationFolder, '/tmp'].sort());
    expect(HostConfig.Tmpfs?.[configurationFolder]).toContain('mode=0700,uid=10001,gid=10001');
    expect(Config.User).toBe('10001:10001');
    expect(Config.Labels).toMatchObject({ 'triaged.run': spec.runId, 'triaged.group': runGroup });
    expect(
      Config.Env.filter((variable) => !/^(PATH|HOME|KUBECONFIG|TRIAGED_OWN_PID_NAMESPACE)=/.test(variable)),
    ).toEqual(['TRIAGED_CHANNEL=/run/triaged/s']);
    expect(Mounts.map(({ Type, Destination, RW }) => `${Type} ${Destination} ${RW ? 'rw' : 'ro'}`).sort()).toEqual([
      `bind ${CONTAINER_CHANNEL_DIRECTORY} ro`,
      'volume /output rw',
      'volume /workspace rw',
    ]);
  });

  it('keeps the agent in, seen from inside', async () => {
    const handle = await started(`
      id -u; id -g
      grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'
      ls /sys/class/net | paste -sd, | sed 's/^/net:/'
      for folder in /workspace /output /tmp /home/agent/.cache ${configurationFolder}; do
        echo x > $folder/file && chmod +x $folder/file && stat -c "%a %u $folder" $folder
      done
      for folder in / /etc /opt/triaged/runners /home/agent /run/triaged /root; do touch $folder/file 2>/dev/null && echo "wrote to $folder"; done
      ls /root 2>/dev/null && echo "read /root"
      printf '#!/bin/sh\\necho ran\\n' > /tmp/program && chmod +x /tmp/program && /tmp/program
    `);
    await runtime.wait(handle, never());
    expect((await printed(handle)).trim().split('\n')).toEqual([
      '10001',
      '10001',
      'CapEff:0000000000000000',
      'CapBnd:0000000000000000',
      'NoNewPrivs:1',
      'Seccomp:2',
      'net:lo',
      '755 10001 /workspace',
      '755 10001 /output',
      '1777 0 /tmp',
      '700 10001 /home/agent/.cache',
      `700 10001 ${configurationFolder}`,
      'ran',
    ]);
  });

  it('tells created, running and exited apart, with the exit code', async () => {
    const handle = await runtime.create(await specFor('sleep 1; exit 7'));
    expect(await runtime.inspect(handle)).toEqual({ kind: 'created' });
    await runtime.start(handle);
    expect(await runtime.inspect(handle)).toEqual({ kind: 'running' });
    const exited = { kind: 'exited', exitCode: 7, outOfMemory: false };
    expect(await runtime.wait(handle, never())).toEqual(exited);
    expect(await runtime.inspect(handle)).toEqual(exited);
  });

  it('takes every call twice, and calls for what is gone', async () => {
    const handle = await started('exec sleep 60');
    await runtime.start(handle);
    await runtime.stop(handle, 0);
    await runtime.stop(handle, 0);
    await Promise.all([runtime.remove(handle), runtime.remove(handle)]);
    await runtime.remove(handle);
    await runtime.stop(handle, 0);
    expect(await runtime.inspect(handle)).toBeUndefined();
    expect(await runtime.wait(handle, never())).toBeUndefined();
  });

  it('removes the volumes with the container', async () => {
    const handle = await started('echo x > /workspace/file');
    const { Mounts } = await docker.getContainer(handle).inspect();
    const names = Mounts.filter(({ Type }) => Type === 'volume').map(({ Name }) => Name ?? '');
    expect(names).toHaveLength(2);
    await runtime.remove(handle);
    for (const name of names) await expect(docker.getVolume(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('lets an agent that hears TERM end by itself', async () => {
    const handle = await running('trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done');
    await runtime.stop(handle, 20_000);
    expect(await runtime.inspect(handle)).toMatchObject({ kind: 'exited', exitCode: 5 });
  });

  it('kills an agent that ignores TERM once the grace is over', async () => {
    const handle = await running('trap "" TERM; echo ready; while :; do sleep 0.1; done');
    const before = Date.now();
    await runtime.stop(handle, 1_000);
    expect(Date.now() - before).toBeGreaterThanOrEqual(950);
    expect(Date.now() - before).toBeLessThan(10_000);
    expect(await runtime.inspect(handle)).toMatchObject({ kind: 'exited', exitCode: 137 });
  });

  it('reports an agent that used up its memory', async () => {
    const handle = await started('exec tail /dev/zero', { memoryBytes: 32 * 1024 ** 2 });
    expect(await runtime.wait(handle, never())).toEqual({ kind: 'exited', exitCode: 137, outOfMemory: true });
  });

  it('caps the number of processes', async () => {
    const handle = await started(
      `exec node -e 'const spawn = () => require("node:child_process").spawn("sleep", ["60"])
         .on("spawn", spawn).on("error", (error) => { console.log(error.code); process.exit(3); }); spawn()'`,
      { pids: 30 },
    );
    expect(await runtime.wait(handle, never())).toMatchObject({ kind: 'exited', exitCode: 3 });
    expect(await printed(handle)).toBe('EAGAIN\n');
  });

  it('stops waiting when the signal aborts', async () => {
    const handle = await started('exec sleep 60');
    const reason = new Error('enough');
    const stop = new AbortController();
    const waiting = runtime.wait(handle, stop.signal);
    setTimeout(() => stop.abort(reason), 200);
    await expect(waiting).rejects.toBe(reason);
    expect(await runtime.inspect(handle)).toEqual({ kind: 'running' });
  });

  it('answers a wait when the container is removed by hand', async () => {
    const handle = await started('exec sleep 60');
    const waiting = runtime.wait(handle, never());
    setTimeout(() => void docker.getContainer(handle).remove({ force: true, v: true }), 300);
    const state = await waiting;
    expect(state === undefined || state.kind === 'exited').toBe(true);
    while (await runtime.inspect(handle)) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await runtime.wait(handle, never())).toBeUndefined();
  });

  it.each([
    ['removed by hand', ['rm']],
    ['killed', ['kill']],
    ['killed and removed', ['kill', 'rm']],
  ])('tells within a second, to who waits and who watches, of a container that is %s', async (_, acts) => {
    const told: string[] = [];
    const spec = await specFor('exec sleep 60');
    const unwatch = runtime.watch((runId, change) => runId === spec.runId && told.push(change));
    const handle = await runtime.create(spec);
    await runtime.start(handle);
    const waiting = runtime.wait(handle, never());
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const events = told.length;
    const container = docker.getContainer(handle);
    const done = (async () => {
      if (acts.includes('kill')) await container.kill();
      if (acts.includes('rm')) await container.remove({ force: true, v: true });
      return Date.now();
    })();
    const state = await waiting;
    expect(Date.now() - (await done)).toBeLessThan(1_000);
    if (acts[0] === 'rm') expect(state).toBeUndefined();
    else expect(state === undefined || (state.kind === 'exited' && state.exitCode === 137)).toBe(true);
    for (let tries = 0; told.length === events && tries < 50; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    unwatch();
    expect(told.slice(events)).toContain('ended');
  });

  it('tells within a second also when its connections were cut before', async () => {
    const proxy = await engineProxy();
    const proxied = runtimeOn(proxy.dockerHost);
    const handle = await started('exec sleep 60');
    const waiting = proxied.wait(handle, never());
    for (let round = 0; round < 2; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      proxy.cut();
    }
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await docker.getContainer(handle).remove({ force: true, v: true });
    const removed = Date.now();
    expect(await waiting).toBeUndefined();
    expect(Date.now() - removed).toBeLessThan(1_000);
    await proxied.close();
  });

  it('goes on waiting when its connection is cut', async () => {
    const proxy = await engineProxy();
    const proxied = runtimeOn(proxy.dockerHost);
    const handle = await started('sleep 3; exit 4');
    const waiting = proxied.wait(handle, never());
    setTimeout(() => proxy.cut(), 500);
    expect(await waiting).toMatchObject({ kind: 'exited', exitCode: 4 });
    await proxied.close();
  });

  it('lists and removes its own containers and no other', async () => {
    const stranger = await docker.createContainer({
      Image: scriptedImage,
      Labels: { 'triaged.run': newRunId(), 'triaged.group': 'another' },
    });
    const unlabelled = await docker.createContainer({ Image: scriptedImage });
    try {
      const spec = await specFor('exit 0');
      const handle = await runtime.create(spec);
      expect(await runtime.list()).toEqual([{ runId: spec.runId, handle }]);
      await runtime.remove(handle);
      expect(await runtime.list()).toEqual([]);
      expect((await stranger.inspect()).State.Status).toBe('created');
      expect((await unlabelled.inspect()).State.Status).toBe('created');
    } finally {
      await Promise.all([stranger, unlabelled].map((container) => container.remove({ v: true })));
    }
  });

  it('says what to do when the image is missing', async () => {
    const other = new DockerRuntime({ dockerHost, image: 'triaged-test/missing:none', runGroup, logger });
    const missing = { code: 'RUNTIME_UNAVAILABLE', message: expect.stringContaining('npm run image') };
    await expect(other.check('CLAUDE_CODE')).rejects.toMatchObject(missing);
    await expect(other.create(await specFor('exit 0'))).rejects.toMatchObject(missing);
    await other.close();
  });

  it('accepts the AI agents that the image is labelled with and refuses others', async () => {
    const image = 'triaged-test/two-agents:latest';
    await makeChangedImage(dockerHost, image, 'LABEL triaged.agents=claude,codex');
    const labelled = new DockerRuntime({ dockerHost, image, runGroup, logger });
    await labelled.check('CLAUDE_CODE');
    await labelled.check('CODEX_CLI');
    await expect(labelled.check('GOOSE')).rejects.toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
    await labelled.close();
  });

  it('says what to do when no engine answers', async () => {
    const nowhere = runtimeOn('unix:///nonexistent/docker.sock');
    const down = { code: 'RUNTIME_UNAVAILABLE', message: expect.stringContaining('DOCKER_HOST') };
    await expect(nowhere.check('CLAUDE_CODE')).rejects.toMatchObject(down);
    await expect(nowhere.list()).rejects.toMatchObject(down);
    expect(() => runtimeOn('ssh://host')).toThrow(/DOCKER_HOST must begin with/);
    await nowhere.close();
  });

  it('gives every call of an engine that hangs a bounded time', async () => {
    const proxy = await engineProxy();
    const proxied = runtimeOn(proxy.dockerHost, 500);
    const handle = await started('exec sleep 60');
    proxy.hang();
    const spec = await specFor('exit 0');
    const before = Date.now();
    const calls = [
      proxied.check('CLAUDE_CODE'),
      proxied.create(spec),
      proxied.start(handle),
      proxied.inspect(handle),
      proxied.stop(handle, 0),
      proxied.remove(handle),
      proxied.list(),
    ];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'RUNTIME_UNAVAILABLE' } });
    }
    expect(Date.now() - before).toBeLessThan(5_000);
    await proxied.close();
  });
});
