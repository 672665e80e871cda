import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_MODEL_PRICES } from './default-model-prices.js';
import { ConfigurationError, loadConfig } from './index.js';

const SECRET = randomBytes(32);

function faultsOf(environment: Record<string, string>): Record<string, string> {
  try {
    loadConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return Object.fromEntries(error.faults.map(({ variable, fault }) => [variable, fault]));
  }
  throw new Error('loadConfig found no fault');
}

describe('loadConfig', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'triaged-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const fileWith = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, text);
    return file;
  };

  it('shows npm its own settings and the way to the network, and no secret', () => {
    const npm = {
      PATH: '/bin',
      HOME: '/home/me',
      https_proxy: 'http://proxy:3128',
      npm_config_registry: 'https://npm.test',
    };
    const secrets = { MASTER_SECRET: SECRET.toString('hex'), DATABASE_URL: 'postgres://u:p@db/x', MY_TOKEN: 'x' };
    expect(loadConfig({ ...npm, ...secrets }).npmEnvironment).toEqual(npm);
  });

  it('needs nothing: what is not set has the documented default', () => {
    const data = path.resolve('.data');
    expect(loadConfig({})).toEqual({
      nodeEnv: 'development',
      role: 'all',
      host: '127.0.0.1',
      port: 4000,
      shutdown: { delaySeconds: 0, timeoutSeconds: 25 },
      logLevel: 'info',
      dataDir: data,
      runDir: data,
      dataRoot: path.join(data, 'instances'),
      channelDir: path.join(data, 'ch'),
      modelPrices: DEFAULT_MODEL_PRICES,
      modelUpstream: 'mock',
      modelUpstreamUrls: {
        anthropic: 'https://api.anthropic.com',
        openai: 'https://api.openai.com',
        google: 'https://generativelanguage.googleapis.com',
      },
      runtime: 'auto',
      agentImage: 'k8s-triage-agent:latest',
      maxConcurrentRuns: 4,
      maxQueuedRuns: 100,
      runSilenceSeconds: 900,
      containerTimeoutSeconds: 600,
      maxLogBytes: 1024 ** 3,
      containerMemoryBytes: 2 * 1024 ** 3,
      rateLimit: { limit: 100, windowSeconds: 60 },
      clusterNetworks: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
      egressNetworks: [],
      failpoints: [],
      modelNetworks: [],
      allowedOrigins: [],
      searchPath: '/usr/local/bin:/usr/bin:/bin',
      npmEnvironment: {},
      platform: {
        allowedModels: ['gpt-4o', 'gpt-4', 'gpt-3.5-turbo', 'claude-3-opus', 'claude-3-sonnet'],
        maxPromptLength: 10_000,
        maxNameLength: 100,
        maxDescriptionLength: 1_000,
        maxRoleLength: 100,
        defaultPageLimit: 20,
        maxPageLimit: 100,
      },
    });
  });

  it('takes a blank variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', REDIS_URL: '  ', DATA_ROOT: '', CONTAINER_MEMORY: '' })).toEqual(loadConfig({}));
  });

  it('reads what is set', () => {
    expect(
      loadConfig({
        PORT: '0',
        DATA_DIR: 'elsewhere',
        DATABASE_URL: 'postgresql://u:p@db/triaged',
        REDIS_URL: 'rediss://cache:6380/1',
        MASTER_SECRET: SECRET.toString('hex'),
        ANTHROPIC_UPSTREAM_URL: 'https://proxy.example.com/anthropic/',
        CONTAINER_MEMORY: '512m',
        MAX_LOG_SIZE: '64m',
        RATE_LIMIT_REQUESTS: '7',
        CLUSTER_NETWORKS: '10.1.0.0/16, fd00::/8',
        EGRESS_NETWORKS: '127.0.0.1/32',
        MODEL_NETWORKS: '10.1.0.0/16',
        ALLOWED_ORIGINS: 'https://a.example.com, http://localhost:3000',
      }),
    ).toMatchObject({
      port: 0,
      dataRoot: path.resolve('elsewhere/instances'),
      databaseUrl: 'postgresql://u:p@db/triaged',
      redisUrl: 'rediss://cache:6380/1',
      masterSecret: SECRET,
      modelUpstreamUrls: { anthropic: 'https://proxy.example.com/anthropic', openai: 'https://api.openai.com' },
      containerMemoryBytes: 512 * 1024 ** 2,
      maxLogBytes: 64 * 1024 ** 2,
      rateLimit: { limit: 7, windowSeconds: 60 },
      clusterNetworks: ['10.1.0.0/16', 'fd00::/8'],
      egressNetworks: ['127.0.0.1/32'],
      modelNetworks: ['10.1.0.0/16'],
      allowedOrigins: ['https://a.example.com', 'http://localhost:3000'],
    });
  });

  it('reports all faults together, by variable, without their values', () => {
    const environment = {
      PORT: '65536',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://u:hunter2@db/x',
      MASTER_SECRET: 'hunter2',
      CONTAINER_MEMORY: '1m',
      DOCKER_HOST: '/var/run/docker.sock',
      EGRESS_NETWORKS: '10.0.0.0/8,example.com',
      ALLOWED_ORIGINS: 'https://a.example.com/path',
    };
    expect(Object.keys(faultsOf(environment)).sort()).toEqual(Object.keys(environment).sort());
    expect(() => loadConfig(environment)).toThrow(/8 faults:\n {2}PORT: must be a whole number from 0 to 65535\n/);
    expect(JSON.stringify(faultsOf(environment))).not.toContain('hunter2');
  });

  it('names in production every part that is embedded, generated or simulated, beside other faults', () => {
    const faults = faultsOf({ NODE_ENV: 'production', RUNTIME: 'local', PORT: 'x' });
    expect(Object.keys(faults).sort()).toEqual([
      'API_KEYS_FILE',
      'DATABASE_URL',
      'MASTER_SECRET',
      'MODEL_UPSTREAM',
      'PORT',
      'REDIS_URL',
      'RUNTIME',
    ]);
  });

  it('takes a second master secret, which must be another one', () => {
    const second = randomBytes(32);
    const MASTER_SECRET = SECRET.toString('hex');
    expect(loadConfig({ MASTER_SECRET, MASTER_SECRET_SECONDARY: second.toString('hex') })).toMatchObject({
      masterSecret: SECRET,
      secondaryMasterSecret: second,
    });
    expect(faultsOf({ MASTER_SECRET, MASTER_SECRET_SECONDARY: SECRET.toString('base64') })).toEqual({
      MASTER_SECRET_SECONDARY: 'must be another secret than MASTER_SECRET',
    });
  });

  it('arms failpoints that there are, and none in production', () => {
    const armed = { TRIAGED_FAILPOINTS: 'key-rotation-sealed, master-rotation-written' };
    expect(loadConfig(armed).failpoints).toEqual(['key-rotation-sealed', 'master-rotation-written']);
    expect(faultsOf({ TRIAGED_FAILPOINTS: 'anywhere' })).toMatchObject({
      TRIAGED_FAILPOINTS: expect.stringContaining('key-rotation-sealed'),
    });
    expect(faultsOf({ ...armed, NODE_ENV: 'production' })).toMatchObject({
      TRIAGED_FAILPOINTS: expect.stringContaining('production'),
    });
  });

  it('starts in production when everything is real', async () => {
    const config = loadConfig({
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://db/triaged',
      REDIS_URL: 'redis://cache',
      MASTER_SECRET_FILE: await fileWith('secret', `${SECRET.toString('base64')}\n`),
      API_KEYS_FILE: '/etc/triaged/keys.json',
      MODEL_UPSTREAM: 'http',
    });
    expect(config).toMatchObject({
      nodeEnv: 'production',
      masterSecret: SECRET,
      apiKeysFile: '/etc/triaged/keys.json',
    });
  });

  it('waits in production until load balancers have seen that it is not ready, within the time it has to end', () => {
    const faults = faultsOf({ NODE_ENV: 'production', SHUTDOWN_TIMEOUT: '5' });
    expect(faults).not.toHaveProperty('SHUTDOWN_DELAY');
    expect(faults.SHUTDOWN_TIMEOUT).toContain('more than SHUTDOWN_DELAY, 5');
    expect(faultsOf({ SHUTDOWN_DELAY: '30' }).SHUTDOWN_TIMEOUT).toContain('more than SHUTDOWN_DELAY, 30');
    expect(loadConfig({ SHUTDOWN_DELAY: '3', SHUTDOWN_TIMEOUT: '4' }).shutdown).toEqual({
      delaySeconds: 3,
      timeoutSeconds: 4,
    });
  });

  it('reads secrets from files, and blames the file variable for a fault', async () => {
    const url = await fileWith('url', 'redis://:pw@cache\n');
    expect(loadConfig({ REDIS_URL_FILE: url }).redisUrl).toBe('redis://:pw@cache');
    expect(
      faultsOf({
        REDIS_URL: 'redis://cache',
        REDIS_URL_FILE: url,
        DATABASE_URL_FILE: path.join(folder, 'absent'),
        MASTER_SECRET_FILE: await fileWith('weak', 'abc'),
      }),
    ).toEqual({
      REDIS_URL_FILE: expect.stringContaining('set one of the two'),
      DATABASE_URL_FILE: expect.stringContaining('cannot be read'),
      MASTER_SECRET_FILE: expect.stringContaining('32 random bytes'),
    });
  });

  it.each(['api', 'worker'])('wants what servers share of one with ROLE=%s', async (ROLE) => {
    expect(Object.keys(faultsOf({ ROLE })).sort()).toEqual([
      ...['API_KEYS_FILE', 'DATABASE_URL', 'MASTER_SECRET', 'REDIS_URL'],
    ]);
    expect(Object.keys(faultsOf({ ROLE, NODE_ENV: 'production' })).sort()).toEqual([
      ...['API_KEYS_FILE', 'DATABASE_URL', 'MASTER_SECRET', 'MODEL_UPSTREAM', 'REDIS_URL'],
    ]);
    expect(faultsOf({ ROLE: 'boss' })).toHaveProperty('ROLE');
  });

  it('takes where other servers reach this one', () => {
    expect(loadConfig({ PEER_URL: 'https://10.0.0.5:4000/' }).peerUrl).toBe('https://10.0.0.5:4000');
    expect(faultsOf({ PEER_URL: '10.0.0.5:4000' })).toHaveProperty('PEER_URL');
  });

  it('keeps what servers of one engine share in RUN_DIR', () => {
    const { runDir, channelDir, dataRoot } = loadConfig({ DATA_DIR: '/a', RUN_DIR: '/r' });
    expect([runDir, channelDir, dataRoot]).toEqual(['/r', '/r/ch', '/a/instances']);
  });

  it('keeps the channels where a socket path still fits', () => {
    const config = loadConfig({ DATA_DIR: `/${'long/'.repeat(20)}data` });
    expect(path.dirname(config.channelDir)).toBe(tmpdir());
    expect(faultsOf({ CHANNEL_DIR: `/${'long/'.repeat(20)}ch` })).toHaveProperty('CHANNEL_DIR');
  });

  it("takes the platform's limits from the variables that the specification names", () => {
    const { platform } = loadConfig({
      ALLOWED_MODELS: 'gpt-5, openai/o4',
      MAX_PROMPT_LENGTH: '50',
      MAX_NAME_LENGTH: '10',
      MAX_DESCRIPTION_LENGTH: '0',
      MAX_ROLE_LENGTH: '9',
      DEFAULT_PAGE_LIMIT: '5',
      MAX_PAGE_LIMIT: '7',
    });
    expect(platform).toEqual({
      allowedModels: ['gpt-5', 'openai/o4'],
      maxPromptLength: 50,
      maxNameLength: 10,
      maxDescriptionLength: 0,
      maxRoleLength: 9,
      defaultPageLimit: 5,
      maxPageLimit: 7,
    });
  });

  it('refuses limits that contradict each other, or that the database does not hold', () => {
    expect(Object.keys(faultsOf({ DEFAULT_PAGE_LIMIT: '101' }))).toEqual(['DEFAULT_PAGE_LIMIT']);
    expect(Object.keys(faultsOf({ MAX_NAME_LENGTH: '256', ALLOWED_MODELS: 'a,,b' })).sort()).toEqual([
      'ALLOWED_MODELS',
      'MAX_NAME_LENGTH',
    ]);
    expect(Object.keys(faultsOf({ ALLOWED_MODELS: 'gpt-4,gpt-4' }))).toEqual(['ALLOWED_MODELS']);
  });
});
