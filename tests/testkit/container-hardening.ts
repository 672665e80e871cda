import type { ContainerInspectInfo } from 'dockerode';

type HostConfig = ContainerInspectInfo['HostConfig'];

const SENSITIVE = /^\/($|boot|dev|etc|lib|proc|root|run\/docker|sys|usr|var\/(lib|run)\/docker|var\/run\/docker)/;
/** The engine says null for an empty list. */
const listOf = (list: unknown): readonly unknown[] => (Array.isArray(list) ? list : []);
const ours = (source: string, channelDirectory: string): boolean => source.startsWith(`${channelDirectory}/`);

/** What section 5 of the CIS Docker Benchmark asks of a container at run time, as far as the engine's inspect tells it. */
const CHECKS: readonly [
  recommendation: string,
  holds: (host: HostConfig, container: ContainerInspectInfo, channels: string) => boolean,
][] = [
  ['5.3 no Linux capability', (host) => listOf(host.CapDrop).includes('ALL') && listOf(host.CapAdd).length === 0],
  ['5.4 not privileged', (host) => host.Privileged === false],
  [
    '5.5 no directory of the host but the run channel, read-only',
    (_host, { Mounts }, channels) =>
      Mounts.every(
        ({ Type, Source, RW }) =>
          Type === 'volume' || (Type === 'bind' && !RW && !SENSITIVE.test(Source) && ours(Source, channels)),
      ),
  ],
  [
    '5.7, 5.8 no port',
    (host, { NetworkSettings }) =>
      Object.keys((host.PortBindings as object | null) ?? {}).length === 0 &&
      !host.PublishAllPorts &&
      Object.keys(NetworkSettings.Ports ?? {}).length === 0,
  ],
  ['5.9, 5.29 no network', (host) => host.NetworkMode === 'none'],
  ['5.10 memory is limited, and swap with it', ({ Memory = 0, MemorySwap }) => Memory > 0 && MemorySwap === Memory],
  ['5.11 processor time is limited', ({ NanoCpus = 0 }) => NanoCpus > 0],
  ['5.12 read-only root', (host) => host.ReadonlyRootfs === true],
  ['5.14 never started again', (host) => host.RestartPolicy?.Name === 'no'],
  ['5.15 processes of its own', (host) => !host.PidMode],
  ['5.16 shared memory of its own', (host) => host.IpcMode === 'private'],
  ['5.17 no device', (host) => listOf(host.Devices).length + listOf(host.DeviceRequests).length === 0],
  ['5.19 no mount is passed on', (_host, { Mounts }) => Mounts.every(({ Propagation }) => Propagation !== 'shared')],
  ['5.20 a host name of its own', (host) => (host as { UTSMode?: string }).UTSMode !== 'host'],
  ['5.21 seccomp', (host) => !listOf(host.SecurityOpt).some((each) => String(each).startsWith('seccomp'))],
  ['5.24 the usual control group', (host) => !host.CgroupParent],
  ['5.25 no new privilege', (host) => listOf(host.SecurityOpt).includes('no-new-privileges')],
  ['5.28 processes are limited', ({ PidsLimit }) => (PidsLimit ?? 0) > 0],
  ['5.30 the engine’s user namespace', (host) => host.UsernsMode !== 'host'],
  ['5.31 no engine socket', (_host, { Mounts }) => !Mounts.some(({ Source }) => Source.endsWith('docker.sock'))],
  ['4.1 a user other than root', (_host, { Config }) => /^[1-9]\d*:[1-9]\d*$/.test(Config.User)],
  [
    '4.10 no secret in its environment',
    (_host, { Config }) => !Config.Env.some((each) => /KEY|TOKEN|SECRET/i.test(each)),
  ],
];

/** The recommendations that a container breaks; `channels` is the server's folder of run channels. */
export const hardeningFaults = (container: ContainerInspectInfo, channels: string): string[] =>
  CHECKS.filter(([, holds]) => !holds(container.HostConfig, container, channels)).map(
    ([recommendation]) => recommendation,
  );
