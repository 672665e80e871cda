import type { ContainerCreateOptions } from 'dockerode';
import { CONTAINER_CHANNEL_DIRECTORY, SOCKET_NAME } from '../../../agent-image/triaged-init/protocol.js';
import type { ContainerSpec } from '../../ports/container-runtime.js';
import { AGENT_GID, AGENT_UID, STATE_FOLDERS } from './docker-layout.js';

export const RUN_LABEL = 'triaged.run';
export const GROUP_LABEL = 'triaged.group';

const agentFolder = (size: string) => `rw,nosuid,nodev,exec,mode=0700,uid=${AGENT_UID},gid=${AGENT_GID},size=${size}`;

/**
 * What keeps an agent in: no network, no capability, no new privilege, nothing writable but memory and its own two
 * volumes, and bounds on memory, processes and CPU. Nothing secret is in it, because the engine writes all of it to disk.
 */
export function containerOptions(spec: ContainerSpec, image: string, runGroup: string): ContainerCreateOptions {
  return {
    Image: image,
    User: `${AGENT_UID}:${AGENT_GID}`,
    Env: [`TRIAGED_CHANNEL=${CONTAINER_CHANNEL_DIRECTORY}/${SOCKET_NAME}`],
    Labels: { [RUN_LABEL]: spec.runId, [GROUP_LABEL]: runGroup },
    Hostname: 'agent',
    AttachStdin: false,
    OpenStdin: false,
    Tty: false,
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      ReadonlyRootfs: true,
      IpcMode: 'private',
      PidMode: '',
      Memory: spec.memoryBytes,
      MemorySwap: spec.memoryBytes,
      NanoCpus: Math.round(spec.cpus * 1e9),
      PidsLimit: spec.pids,
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
      // The image's entry point has one of its own.
      Init: false,
      AutoRemove: false,
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'local', Config: { 'max-size': '1m', 'max-file': '2', compress: 'false' } },
      Tmpfs: {
        '/tmp': 'rw,nosuid,nodev,exec,mode=1777,size=1g',
        ...Object.fromEntries(STATE_FOLDERS.map((folder) => [folder, agentFolder('512m')])),
        ...Object.fromEntries(spec.memoryFolders.map((folder) => [folder, agentFolder('512m')])),
      },
      Mounts: [
        { Type: 'volume', Source: '', Target: '/workspace' },
        { Type: 'volume', Source: '', Target: '/output' },
        { Type: 'bind', Source: spec.channelDirectory, Target: CONTAINER_CHANNEL_DIRECTORY, ReadOnly: true },
      ],
    },
  };
}
