// needs: docker
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ContainerInspectInfo } from 'dockerode';
import { hardeningFaults } from '../testkit/container-hardening.js';
import { docker, runContainers } from '../testkit/docker.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, probesIn, runScript, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance } from '../testkit/triage.js';

jest.setTimeout(180_000);

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  const AGENT_IMAGE = await buildShellAgentImage();
  const environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', AGENT_IMAGE };
  server = await startServer({ dataDir: folder.path, environment });
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Ways out of a container, none of which would do harm on the machine if it worked. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  mount: 'mount -t tmpfs none /tmp',
  'bind-mount': 'mount --bind /tmp /workspace',
  remount: 'mount -o remount,rw /',
  'user-namespace': 'unshare --user --map-root-user true',
  'mount-namespace': 'unshare --mount true',
  'network-namespace': 'unshare --net true',
  mknod: 'mknod /tmp/disk b 8 0',
  chroot: 'chroot / true',
  chown: 'cp /bin/true /tmp/suid && chown root /tmp/suid',
  su: 'su -c true',
  'proc-sys': 'value=$(cat /proc/sys/kernel/core_pattern) && echo "$value" > /proc/sys/kernel/core_pattern',
  sysrq: 'echo h > /proc/sysrq-trigger',
  sys: 'echo > /sys/kernel/uevent_helper',
  cgroup: 'mkdir /sys/fs/cgroup/memory/escape || mkdir /sys/fs/cgroup/escape',
  'kernel-memory': 'head -c 1 /proc/kcore || head -c 1 /dev/mem',
  'host-disk': 'ls /dev/sda /dev/vda /dev/nvme0n1',
  'host-process': 'grep -l -e dockerd -e containerd /proc/[0-9]*/comm',
  nice: 'renice -n -5 -p $$',
  'host-name': 'hostname escaped || echo escaped > /proc/sys/kernel/hostname',
  time: 'date -s "@$(date +%s)"',
  'engine-socket': 'ls /var/run/docker.sock || ls /run/docker.sock',
  channel: 'touch /run/triaged/planted',
  image: 'touch /opt/triaged/runners/planted || touch /usr/local/bin/planted',
};
/** Those that work for root with the capabilities for it. */
const PRIVILEGED = ['mount', 'bind-mount', 'mount-namespace', 'network-namespace', 'mknod', 'chroot', 'chown', 'su'];

const attempted = (attempts: Readonly<Record<string, string>>): string =>
  Object.entries(attempts)
    .map(
      ([name, attempt]) => `(${attempt}) > /dev/null 2>&1 && echo 'probe ${name} done' || echo 'probe ${name} failed'`,
    )
    .join('\n');

describe('the container of a run', () => {
  const inspect = async (id: string): Promise<ContainerInspectInfo> =>
    (JSON.parse(await docker('inspect', id)) as [ContainerInspectInfo])[0];

  it('is hardened as section 5 of the CIS Docker Benchmark asks, seen by the engine', async () => {
    const instanceId = await createInstance(server.client);
    const { id } = await startScript(server.client, 'sleep 60', { instanceId });
    await awaitRun(server.client, id, ['RUNNING']);
    const [container] = await runContainers(id);
    expect(hardeningFaults(await inspect(container!), `${folder.path}/ch`)).toEqual([]);
    await server.client.ok(`mutation ($id: ID!) { cancelTriage(id: $id) { state } }`, { id });
    await awaitRun(server.client, id);
  });

  it('would be told from one that is not hardened', async () => {
    const usual = await docker('create', await buildShellAgentImage());
    const faults = hardeningFaults(await inspect(usual), `${folder.path}/ch`);
    await docker('rm', usual);
    for (const number of ['5.3', '5.9', '5.10', '5.12', '5.25', '5.28']) {
      expect(faults.join('\n')).toMatch(new RegExp(`^${number.replace('.', '\\.')}[ ,]`, 'm'));
    }
  });

  it('is tried by attempts that work where nothing is held back', async () => {
    const attempts = Object.fromEntries(PRIVILEGED.map((name) => [name, ATTEMPTS[name]!]));
    const powers = ['--user', '0', '--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined'];
    const image = await buildShellAgentImage();
    const output = await docker('run', '--rm', ...powers, '--entrypoint', 'bash', image, '-c', attempted(attempts));
    expect(probesIn(Buffer.from(output))).toEqual(Object.fromEntries(PRIVILEGED.map((name) => [name, 'done'])));
  });

  it('holds an agent that tries to leave it', async () => {
    const instanceId = await createInstance(server.client);
    const script = attempted(ATTEMPTS);
    const controls = `
      (true) && echo 'probe control done' || echo 'probe control failed'
      echo "probe seccomp $(grep -E '^Seccomp:' /proc/self/status | tr -dc 0-9)"
      echo "probe capabilities [$(grep '^Cap' /proc/self/status | cut -f 2 | tr -d '0\\n')]"
      echo "probe first-process $(tr '\\0' ' ' < /proc/1/cmdline)"`;
    const { probes } = await runScript(server.client, `${script}\n${controls}`, { instanceId });
    expect(probes).toEqual({
      ...Object.fromEntries(Object.keys(ATTEMPTS).map((name) => [name, 'failed'])),
      control: 'done',
      seccomp: '2',
      capabilities: '[]',
      'first-process': expect.stringMatching(/triaged|tini/),
    });
  });
});
