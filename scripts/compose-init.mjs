// `npm run compose:init`: makes the folder that compose.yaml wants: settings, secrets and an administrator's API key, for its
// owner alone. What is there already stays as it is; only settings that are missing are added.
//   --state DIR    the folder; default .compose
//   --tenant NAME  whose administrator the key is; default default
//   --port N       where the API listens on 127.0.0.1; default 4000
//   --mock         models are answered by the built-in mock, as in development; without it, by the real providers
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from './build.mjs';

/** Of the image: what a container runs as when root made its folder. */
const IMAGE_UID = 10_002;
/** A unix socket's path has 107 bytes; `/run/ch`, a run's folder and the socket's name come behind. */
const STATE_PATH_LIMIT = 75;

const root = path.resolve(import.meta.dirname, '..');
const run = promisify(execFile);

function fail(message) {
  console.error(`compose:init: ${message}`);
  process.exit(1);
}

const { values: options } = parseArgs({
  options: {
    state: { type: 'string', default: '.compose' },
    tenant: { type: 'string', default: 'default' },
    port: { type: 'string', default: '4000' },
    mock: { type: 'boolean', default: false },
  },
});

const isRoot = process.getuid() === 0;
const owner = isRoot ? { uid: IMAGE_UID, gid: IMAGE_UID } : { uid: process.getuid(), gid: process.getgid() };
const state = path.resolve(options.state);
if (Buffer.byteLength(state) > STATE_PATH_LIMIT)
  fail(`${state} is too long for sockets below it: choose a shorter --state`);

async function folder(name, mode) {
  const made = path.join(state, name);
  await mkdir(made, { recursive: true });
  await chmod(made, mode);
  await chown(made, owner.uid, owner.gid);
}

/** The file's text: what is there, else what `make` gives. */
async function secret(name, make) {
  const file = path.join(state, 'secrets', name);
  const there = await readFile(file, 'utf8').catch(() => undefined);
  if (there !== undefined) return there.trim();
  const text = make();
  await writeFile(file, `${text}\n`, { flag: 'wx', mode: 0o600 });
  await chown(file, owner.uid, owner.gid);
  return text;
}

/** The engine's socket as this machine's docker command finds it. */
async function engineSocket() {
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  if (!host.startsWith('unix://'))
    fail(`DOCKER_HOST is ${host}: the server's container needs the engine's socket, unix://…`);
  const socket = await realpath(host.slice('unix://'.length)).catch(() =>
    fail(`there is no engine's socket at ${host}`),
  );
  return { socket, gid: (await stat(socket)).gid };
}

const hasImage = (name) =>
  run('docker', ['image', 'inspect', name]).then(
    () => true,
    () => false,
  );

/** What scripts/server-image.sh has built because no registry answers, unless the usual one is there. */
const imageOf = async (usual, built) => (!(await hasImage(usual)) && (await hasImage(built)) ? built : usual);

await mkdir(state, { recursive: true, mode: 0o711 });
// Channels are passed by the agents' users, which are others.
for (const name of ['secrets', 'keys', 'api', 'worker']) await folder(name, 0o700);
await folder('run', 0o711);

const password = await secret('postgres-password', () => randomBytes(24).toString('hex'));
await secret('database-url', () => `postgres://triaged:${password}@postgres:5432/triaged`);
const redisPassword = randomBytes(24).toString('hex');
const redis = await secret('redis.conf', () =>
  [
    `requirepass ${redisPassword}`,
    ...['bind 0.0.0.0', 'save ""', 'appendonly no', 'maxmemory-policy noeviction', 'dir /tmp'],
  ].join('\n'),
);
await secret('redis-url', () => `redis://:${/^requirepass (\S+)/m.exec(redis)?.[1]}@redis:6379`);
await secret('master-secret', () => randomBytes(32).toString('hex'));

const keysFile = path.join(state, 'keys/api-keys.json');
const keyFile = path.join(state, 'admin.api-key');
if (!(await stat(keysFile).catch(() => undefined))) {
  await build();
  const keys = [
    path.join(root, 'dist/src/cli/main.js'),
    'keys',
    'create',
    '--tenant',
    options.tenant,
    '--role',
    'ADMIN',
  ];
  const { stdout } = await run(process.execPath, keys, { env: { ...process.env, API_KEYS_FILE: keysFile } });
  await writeFile(keyFile, stdout, { mode: 0o600 });
  await chown(keysFile, owner.uid, owner.gid);
}

const { socket, gid } = await engineSocket();
const settings = {
  COMPOSE_PROJECT_NAME: 'triaged',
  NODE_ENV: options.mock ? 'development' : 'production',
  MODEL_UPSTREAM: options.mock ? 'mock' : 'http',
  TRIAGED_PORT: options.port,
  TRIAGED_STATE: state,
  TRIAGED_UID: owner.uid,
  TRIAGED_GID: owner.gid,
  DOCKER_SOCKET: socket,
  DOCKER_GID: gid,
  SERVER_IMAGE: process.env.SERVER_IMAGE ?? 'triaged-server:latest',
  AGENT_IMAGE: process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest',
  POSTGRES_IMAGE: await imageOf('postgres:17-bookworm', 'triaged/postgres:15'),
  REDIS_IMAGE: await imageOf('redis:7-bookworm', 'triaged/redis:7'),
};
const settingsFile = path.join(state, 'env');
const there = await readFile(settingsFile, 'utf8').catch(() => '');
const missing = Object.entries(settings).filter(([name]) => !new RegExp(`^${name}=`, 'm').test(there));
await writeFile(settingsFile, there + missing.map(([name, value]) => `${name}=${value}\n`).join(''), { mode: 0o600 });

console.log(`The settings are in ${settingsFile}, an administrator's API key is in ${keyFile}.
Start it: docker compose --env-file ${path.relative(process.cwd(), settingsFile)} up -d`);
