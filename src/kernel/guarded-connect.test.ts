import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConnectPolicy, type ConnectPolicyOptions } from './connect-policy.js';
import { guardedConnect } from './guarded-connect.js';
import { PRIVATE_NETWORKS } from './ip-networks.js';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const open: { servers: Server[]; sockets: Socket[] } = { servers: [], sockets: [] };

afterEach(() => {
  for (const socket of open.sockets.splice(0)) socket.destroy();
  for (const server of open.servers.splice(0)) server.close();
});

async function listening(host: string): Promise<number> {
  const server = createServer((socket) => {
    open.sockets.push(socket);
    socket.on('error', () => undefined);
  });
  open.servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

/** A policy whose resolver answers with these lists, one after the other; the last one stays. */
function policyOf(names: Record<string, string[][]>, options: Partial<ConnectPolicyOptions> = {}) {
  const asked: string[] = [];
  const resolve = (name: string): Promise<readonly string[]> => {
    asked.push(name);
    const answers = names[name];
    if (!answers) return Promise.reject(new Error(`getaddrinfo ENOTFOUND ${name}`));
    return Promise.resolve(answers.length > 1 ? answers.shift()! : answers[0]!);
  };
  return { asked, policy: new ConnectPolicy({ networks: [], ownServices: () => [], resolve, ...options }) };
}

async function dial(host: string, port: number, policy: ConnectPolicy, timeoutMs = 2000): Promise<string> {
  const socket = await guardedConnect({ host, port }, { policy, timeoutMs });
  open.sockets.push(socket);
  return socket.remoteAddress!;
}

const silentPolicy = () =>
  new ConnectPolicy({ networks: [], ownServices: () => [], resolve: () => Promise.withResolvers<never>().promise });

const refusal = (reason: string) => expect.objectContaining({ name: 'ConnectError', reason });

describe('guardedConnect', () => {
  it('dials the address that was checked and asks the resolver once, so that a name cannot be bound anew', async () => {
    const port = await listening('127.0.0.1');
    const { policy, asked } = policyOf(
      { 'rebinding.example': [['127.0.0.2'], ['127.0.0.1']] },
      { networks: ['127.0.0.2/32'] },
    );
    await expect(dial('rebinding.example', port, policy)).rejects.toEqual(refusal('UNREACHABLE'));
    expect(asked).toEqual(['rebinding.example']);
    await expect(dial('rebinding.example', port, policy)).rejects.toEqual(refusal('FORBIDDEN'));
  });

  it('refuses a host of which one address is refused', async () => {
    const port = await listening('127.0.0.1');
    const { policy } = policyOf({ 'mixed.example': [['127.0.0.1', '10.0.0.1']] }, { networks: LOOPBACK });
    await expect(dial('mixed.example', port, policy)).rejects.toEqual(refusal('FORBIDDEN'));
  });

  it.each([
    '127.0.0.1',
    'localhost.example',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '::127.0.0.1',
    '10.0.0.1',
    '192.168.1.1',
    '100.64.0.1',
    'fd00::1',
  ])('refuses %s unless the operator names its network', async (host) => {
    const { policy } = policyOf({ 'localhost.example': [['127.0.0.1']] });
    await expect(dial(host, 1, policy)).rejects.toEqual(refusal('FORBIDDEN'));
  });

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'metadata.example',
    '100.100.100.200',
    'fd00:ec2::254',
    '0.0.0.0',
    '::',
    '::ffff:0.0.0.0',
    'fe80::1',
    'ff02::1',
    '224.0.0.1',
    '255.255.255.255',
  ])('refuses %s though the operator allows every network', async (host) => {
    const { policy } = policyOf({ 'metadata.example': [['169.254.169.254']] }, { networks: ['0.0.0.0/0', '::/0'] });
    await expect(dial(host, 80, policy)).rejects.toEqual(refusal('FORBIDDEN'));
  });

  it.each(['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[::1]', '::1%lo', 'a b', ''])(
    'does not resolve %j',
    async (host) => {
      const { policy, asked } = policyOf({}, { networks: LOOPBACK });
      await expect(dial(host, 80, policy)).rejects.toEqual(refusal('INVALID'));
      expect(asked).toEqual([]);
    },
  );

  it.each([0, -1, 65_536, 1.5, Number.NaN])('refuses the port %s', async (port) => {
    const { policy } = policyOf({}, { networks: LOOPBACK });
    await expect(dial('127.0.0.1', port, policy)).rejects.toEqual(refusal('INVALID'));
  });

  it('says neither address nor resolver error', async () => {
    const { policy } = policyOf({ 'inside.example': [['10.9.8.7']] });
    const errors = await Promise.all(
      ['inside.example', 'unknown.example'].map((host) => dial(host, 80, policy).catch((error: unknown) => error)),
    );
    expect(errors).toEqual([refusal('FORBIDDEN'), refusal('UNRESOLVED')]);
    expect(errors.map((error) => (error as Error).message).join()).not.toMatch(/10\.9|ENOTFOUND/);
  });

  it('reaches what the operator named, by address and by name', async () => {
    const port = await listening('127.0.0.1');
    const { policy } = policyOf({ 'here.example': [['127.0.0.1']] }, { networks: LOOPBACK });
    expect(await dial('127.0.0.1', port, policy)).toBe('127.0.0.1');
    expect(await dial('HERE.example.', port, policy)).toBe('127.0.0.1');
  });

  it('reaches only what the operator named where nobody else may overhear', async () => {
    const port = await listening('127.0.0.1');
    const names = {
      'here.example': [['127.0.0.1']],
      'public.example': [['1.1.1.1']],
      'mixed.example': [['127.0.0.1', '1.1.1.1']],
    };
    const { policy } = policyOf(names, { networks: LOOPBACK });
    const attempt = (host: string) => guardedConnect({ host, port }, { policy, timeoutMs: 2000, onlyAdded: true });
    open.sockets.push(await attempt('here.example'));
    for (const host of ['public.example', 'mixed.example', '1.1.1.1']) {
      await expect(attempt(host)).rejects.toEqual(refusal('FORBIDDEN'));
    }
  });

  it('goes on to the next address when one does not accept', async () => {
    const port = await listening('127.0.0.1');
    const { policy } = policyOf({ 'two.example': [['127.0.0.3', '127.0.0.1']] }, { networks: LOOPBACK });
    expect(await dial('two.example', port, policy)).toBe('127.0.0.1');
  });

  it('gives up in time when the resolver is silent', async () => {
    const policy = silentPolicy();
    await expect(dial('silent.example', 80, policy, 50)).rejects.toEqual(refusal('TIMED_OUT'));
  });

  it("ends with its signal's reason", async () => {
    const policy = silentPolicy();
    const target = { host: 'silent.example', port: 80 };
    const over = new Error('the run is over');
    const attempt = guardedConnect(target, { policy, timeoutMs: 5000, signal: AbortSignal.abort(over) });
    await expect(attempt).rejects.toBe(over);
  });
});

describe('our own services', () => {
  const everything = { networks: [...LOOPBACK, ...PRIVATE_NETWORKS] };

  it('are refused at every address of this machine, whatever name they go by', async () => {
    const port = await listening('0.0.0.0');
    const names = { 'postgres.internal': [['127.0.0.1']], 'innocent.example': [['127.0.0.1']] };
    const { policy } = policyOf(names, { ...everything, ownServices: () => [{ host: 'postgres.internal', port }] });
    const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const local = interfaces.map(({ address }) => address);
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'innocent.example', ...local]) {
      await expect(dial(host, port, policy)).rejects.toEqual(refusal('FORBIDDEN'));
    }
  });

  it('leave the other ports of this machine to those whom the operator lets in', async () => {
    const [port, other] = [await listening('127.0.0.1'), await listening('127.0.0.1')];
    const { policy } = policyOf({}, { ...everything, ownServices: () => [{ host: '0.0.0.0', port }] });
    expect(await dial('127.0.0.1', other, policy)).toBe('127.0.0.1');
    await expect(dial('127.0.0.1', port, policy)).rejects.toEqual(refusal('FORBIDDEN'));
  });

  it('elsewhere are refused at their own address only', async () => {
    const names = { 'redis.internal': [['10.0.0.7']] };
    const { policy } = policyOf(names, { ...everything, ownServices: () => [{ host: 'redis.internal', port: 6379 }] });
    expect(await policy.permits(['10.0.0.7'], 6379)).toBe(false);
    expect(await policy.permits(['::ffff:10.0.0.7'], 6379)).toBe(false);
    expect(await policy.permits(['10.0.0.8'], 6379)).toBe(true);
    expect(await policy.permits(['10.0.0.7'], 6380)).toBe(true);
  });

  it('that do not resolve now keep everything at their port closed', async () => {
    const port = await listening('127.0.0.1');
    const { policy } = policyOf({}, { ...everything, ownServices: () => [{ host: 'redis.internal', port }] });
    await expect(dial('127.0.0.1', port, policy)).rejects.toEqual(refusal('FORBIDDEN'));
  });
});
