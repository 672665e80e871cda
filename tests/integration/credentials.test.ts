import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import {
  CredentialHistory,
  CredentialSealer,
  CredentialService,
  Sealer,
} from '../../src/features/credentials/index.js';
import type { CredentialVersion } from '../../src/features/credentials/index.js';
import type { InstanceId } from '../../src/kernel/ids.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';
import { until } from '../testkit/until.js';

const acme = actorOf('acme');
const aiAgent = 'CLAUDE_CODE' as const;

let rig: DomainRig;
let server: DomainServer;
let history: CredentialHistory;
beforeAll(async () => {
  rig = await DomainRig.create();
  server = await rig.server();
  history = new CredentialHistory(server.dataSource);
});
afterAll(() => rig.close());

let instanceId: InstanceId;
beforeEach(async () => {
  instanceId = (await server.startedInstance(acme)) as InstanceId;
});

const rotate = (apiKey: string) => server.keys.rotate(acme, { instanceId, aiAgent, apiKey });
const revoke = (version?: number) => server.keys.revoke(acme, { instanceId, aiAgent, version });
const versions = () => history.of({ tenantId: acme.tenantId, instanceId, aiAgent });
const states = async () =>
  (await versions()).map(({ version, state, destroyedAt }) => `${version} ${state}${destroyedAt ? ' destroyed' : ''}`);
const place = (version: number) => ({ tenantId: acme.tenantId, instanceId, aiAgent, version });
const open = (version: number) => server.credentials.open(server.dataSource.manager, place(version));
const restart = async () => {
  await server.instances.stop(acme, instanceId);
  await server.instances.start(acme, instanceId);
};
const audited = (action: string) =>
  server.dataSource.query<{ version: number; key_id: string | null }[]>(
    `SELECT credential_version AS version, key_id FROM audit_events WHERE instance_id = $1 AND action = $2 ORDER BY 1`,
    [instanceId, action],
  );

describe('rotation of a key', () => {
  it('makes a new active version and says of each what it is and who stored it, never the key', async () => {
    const view = await rotate(`${API_KEY}-second`);
    expect(view).toMatchObject({ credential: { version: 2, state: 'ACTIVE' }, pin: { credentialVersion: 1 } });
    const [second, first] = (await versions()) as [CredentialVersion, CredentialVersion];
    expect(second).toMatchObject({ version: 2, state: 'ACTIVE', createdBy: 'test', lastFour: 'cond', rotatedAt: null });
    expect(first).toMatchObject({ version: 1, state: 'ROTATED', lastFour: 'cdef', rotatedAt: expect.any(Date) });
    expect(first.fingerprint).not.toBe(second.fingerprint);
    expect(JSON.stringify([view.credential, first, second])).not.toContain(API_KEY);
    expect(await audited('CREDENTIAL_ROTATED')).toEqual([{ version: 2, key_id: 'test' }]);
  });

  it('is refused for an AI agent that is not configured, or no more, and for what is no key', async () => {
    const unset = { instanceId, aiAgent: 'GOOSE', apiKey: API_KEY } as const;
    await expect(server.keys.rotate(acme, unset)).rejects.toMatchObject({ code: 'AI_AGENT_NOT_CONFIGURED' });
    await server.aiAgents.remove(acme, instanceId, aiAgent);
    await expect(rotate(API_KEY)).rejects.toMatchObject({ code: 'AI_AGENT_NOT_CONFIGURED' });
    await expect(rotate('short')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.apiKey' } });
    expect(await states()).toEqual(['1 ROTATED']);
  });

  it('20 at once leave one active version, no gap, and every key where its version says', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `${API_KEY}-at-once-${String(n).padStart(2, '0')}`);
    await Promise.all(keys.map(rotate));
    const rows = await versions();
    expect(rows.map(({ version }) => version)).toEqual(Array.from({ length: 21 }, (_, n) => 21 - n));
    expect(rows.map(({ state }) => state)).toEqual(['ACTIVE', ...Array<string>(20).fill('ROTATED')]);
    const opened = await Promise.all(rows.map(({ version }) => open(version)));
    expect(opened.slice(0, 20).sort()).toEqual(keys);
    expect(opened[20]).toBe(API_KEY);
  });

  it('destroys the old ciphertext when no start pins it any more; row and audit stay', async () => {
    await rotate(`${API_KEY}-second`);
    await server.destruction.destroyUnused();
    expect(await states()).toEqual(['2 ACTIVE', '1 ROTATED']);
    await restart();
    await server.destruction.destroyUnused();
    expect(await states()).toEqual(['2 ACTIVE', '1 ROTATED destroyed']);
    expect(await audited('CREDENTIAL_DESTROYED')).toEqual([{ version: 1, key_id: null }]);
    expect(
      await server.dataSource.query(`SELECT sealed FROM credentials WHERE instance_id = $1 AND version = 1`, [
        instanceId,
      ]),
    ).toEqual([{ sealed: null }]);
    await expect(open(1)).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' });
    await server.destruction.destroyUnused();
    expect(await audited('CREDENTIAL_DESTROYED')).toHaveLength(1);
  });

  it('destroys the others when one cannot be destroyed', async () => {
    const stuck = instanceId;
    await rotate(`${API_KEY}-second`);
    await restart();
    const other = await server.startedInstance(acme);
    await server.keys.rotate(acme, { instanceId: other, aiAgent: 'CLAUDE_CODE', apiKey: `${API_KEY}-other` });
    await server.instances.restart(acme, other);
    await server.dataSource.query(`CREATE FUNCTION keep_credential() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.instance_id = '${stuck}' THEN RAISE 'kept'; END IF; RETURN NEW; END $$`);
    await server.dataSource.query(
      'CREATE TRIGGER keep_credential BEFORE UPDATE ON credentials FOR EACH ROW EXECUTE FUNCTION keep_credential()',
    );
    try {
      // Whichever of the two comes first.
      await server.destruction.destroyUnused();
      const left: { instance_id: string }[] = await server.dataSource.query(
        'SELECT instance_id FROM unused_credentials()',
      );
      expect(left).toEqual([{ instance_id: stuck }]);
    } finally {
      await server.dataSource.query('DROP FUNCTION keep_credential() CASCADE');
    }
    await server.destruction.destroyUnused();
    expect(await states()).toEqual(['2 ACTIVE', '1 ROTATED destroyed']);
  });

  it('keeps the old ciphertext while a run uses it, also when the instance is restarted meanwhile', async () => {
    const run = await server.startRun(acme, instanceId);
    await rotate(`${API_KEY}-second`);
    await restart();
    await server.destruction.destroyUnused();
    expect(await states()).toEqual(['2 ACTIVE', '1 ROTATED']);
    expect(await open(run.credentialVersion)).toBe(API_KEY);
    await server.triage.cancel(acme, run.id);
    await server.destruction.destroyUnused();
    expect(await states()).toEqual(['2 ACTIVE', '1 ROTATED destroyed']);
  });

  it('never destroys the key of a run that is being queued', async () => {
    for (let round = 0; round < 10; round += 1) {
      await rotate(`${API_KEY}-${round}`);
      const [run] = await Promise.allSettled([
        server.startRun(acme, instanceId),
        restart(),
        ...Array.from({ length: 5 }, () => server.destruction.destroyUnused()),
      ]);
      if (run.status === 'rejected') {
        expect(run.reason).toMatchObject({
          code: expect.stringMatching(/^(INSTANCE_NOT_RUNNING|AI_AGENT_NOT_CONFIGURED)$/),
        });
        continue;
      }
      await expect(open(run.value.credentialVersion)).resolves.toBeDefined();
      await server.triage.cancel(acme, run.value.id);
    }
  });
});

describe('revocation of a key', () => {
  it('destroys its ciphertext and refuses runs until there is another key', async () => {
    const view = await revoke();
    expect(view).toMatchObject({ credential: undefined, pin: { credentialVersion: 1 } });
    expect(await states()).toEqual(['1 REVOKED destroyed']);
    await expect(open(1)).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED' });
    await expect(server.startRun(acme, instanceId)).rejects.toMatchObject({
      code: 'CREDENTIAL_REVOKED',
      message: expect.stringContaining('rotateAiAgentKey'),
    });
    await rotate(`${API_KEY}-second`);
    await restart();
    expect(await server.startRun(acme, instanceId)).toMatchObject({ credentialVersion: 2 });
  });

  it('names the version, twice is once, and an unknown one is an error', async () => {
    await rotate(`${API_KEY}-second`);
    await revoke(1);
    await revoke(1);
    expect(await states()).toEqual(['2 ACTIVE', '1 REVOKED destroyed']);
    expect(await audited('CREDENTIAL_REVOKED')).toEqual([{ version: 1, key_id: 'test' }]);
    await expect(revoke(3)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.version' } });
    await revoke();
    await expect(revoke()).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.version' } });
  });

  it('is seen on the AI agent, also by who would start a run after a restart, until there is another key', async () => {
    await revoke();
    await restart();
    const { aiAgents } = await server.instances.get(acme, instanceId);
    expect(aiAgents[0]).toMatchObject({ credential: undefined, newestCredential: { version: 1, state: 'REVOKED' } });
    const refusal = { code: 'CREDENTIAL_REVOKED', message: expect.stringMatching(/rotateAiAgentKey.+restartInstance/) };
    await expect(server.startRun(acme, instanceId)).rejects.toMatchObject(refusal);
    await rotate(`${API_KEY}-second`);
    await restart();
    expect(await server.startRun(acme, instanceId)).toMatchObject({ credentialVersion: 2 });
  });

  it('ends what is queued at once and what runs promptly, FAILED with the reason, and nothing else', async () => {
    const supervisor = server.supervisor(2);
    await supervisor.start();
    const long = { lines: 100_000, linesPerSecond: 50 };
    try {
      const run = await server.startRun(acme, instanceId, long);
      await server.awaitRun(acme, run.id, ({ state }) => state === 'RUNNING');
      await rotate(`${API_KEY}-second`);
      await restart();
      const other = await server.startRun(acme, instanceId, long);
      await server.awaitRun(acme, other.id, ({ state }) => state === 'RUNNING');
      const asked = Date.now();
      await revoke(1);
      const ended = await server.awaitRun(acme, run.id);
      expect(Date.now() - asked).toBeLessThan(3_000);
      expect(ended).toMatchObject({ state: 'FAILED', reasonCode: 'CREDENTIAL_REVOKED' });
      // Both places are taken by now, so that the next one waits.
      const filler = await server.startRun(acme, instanceId, long);
      await server.awaitRun(acme, filler.id, ({ state }) => state === 'RUNNING');
      const queued = await server.startRun(acme, instanceId, long);
      await revoke(2);
      expect(await server.triage.get(acme, queued.id)).toMatchObject({
        state: 'FAILED',
        reasonCode: 'CREDENTIAL_REVOKED',
        endedAt: expect.any(Date),
      });
      for (const { id } of [other, filler]) {
        expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'FAILED', reasonCode: 'CREDENTIAL_REVOKED' });
      }
      expect(await server.triage.get(acme, run.id)).toMatchObject({ endedAt: ended.endedAt });
    } finally {
      await supervisor.close();
    }
  }, 60_000);

  it('is heard of by a server that no tick reaches, within its next look', async () => {
    const supervisor = server.supervisor(2);
    await supervisor.start();
    const elsewhere = await rig.server({ workerId: 'worker-b' });
    try {
      const run = await server.startRun(acme, instanceId, { lines: 100_000, linesPerSecond: 50 });
      await server.awaitRun(acme, run.id, ({ state }) => state === 'RUNNING');
      await elsewhere.keys.revoke(acme, { instanceId, aiAgent });
      const ended = await server.awaitRun(acme, run.id);
      expect(ended).toMatchObject({ state: 'FAILED', reasonCode: 'CREDENTIAL_REVOKED' });
    } finally {
      await supervisor.close();
    }
  }, 60_000);

  it('ends a run whose server was away meanwhile when the next one takes it up, and its container goes', async () => {
    const away = server.supervisor(2);
    await away.start();
    const run = await server.startRun(acme, instanceId, { lines: 100_000, linesPerSecond: 50 });
    await server.awaitRun(acme, run.id, ({ state }) => state === 'RUNNING');
    await away.close();
    await revoke();
    const containers = async () => (await rig.runtime.list()).filter(({ runId }) => runId === run.id);
    expect(await containers()).toHaveLength(1);
    const back = server.supervisor(2);
    await back.start();
    try {
      const ended = await server.awaitRun(acme, run.id);
      expect(ended).toMatchObject({ state: 'FAILED', reasonCode: 'CREDENTIAL_REVOKED' });
      await until(async () => (await containers()).length === 0, 15_000);
    } finally {
      await back.close();
    }
  }, 60_000);
});

describe('a credential that cannot be read', () => {
  const sql = (statement: string) => server.dataSource.query(statement, [instanceId]);
  /** The answer to the client and what the operator is told, of one version under a master secret. */
  async function reading(version: number, masterSecret = rig.masterSecret) {
    const lines: string[] = [];
    const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
    const credentials = new CredentialService({
      sealer: new CredentialSealer(new Sealer({ primary: masterSecret })),
      logger,
    });
    const error = await credentials.open(server.dataSource.manager, place(version)).catch((reason: unknown) => reason);
    return { error, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  }

  const tampering: readonly [how: string, why: RegExp, version: number, tamper: () => Promise<unknown>][] = [
    [
      'in a swapped row',
      /another place: its row was swapped or edited/,
      2,
      () =>
        sql(`UPDATE credentials AS c SET sealed = o.sealed FROM credentials AS o
             WHERE c.instance_id = $1 AND o.instance_id = $1 AND c.version <> o.version`),
    ],
    [
      'whose bound version was edited',
      /another place: its row was swapped or edited/,
      7,
      () => sql(`UPDATE credentials SET version = 7 WHERE instance_id = $1 AND version = 2`),
    ],
    [
      'with a cut tag',
      /its length was changed: it has \d+ bytes instead of \d+/,
      2,
      () =>
        sql(
          `UPDATE credentials SET sealed = substring(sealed for 37) || substring(sealed from 50) WHERE instance_id = $1`,
        ),
    ],
    [
      'with a changed bit',
      /its bytes were changed: the tag does not fit/,
      2,
      () =>
        sql(`UPDATE credentials SET sealed = set_bit(sealed, 400, 1 - get_bit(sealed, 400)) WHERE instance_id = $1`),
    ],
  ];

  it.each(tampering)(
    '%s is CREDENTIAL_UNREADABLE, and one line says which and why',
    async (_, why, version, tamper) => {
      await rotate(`${API_KEY}-second`);
      expect((await reading(2)).lines).toEqual([]);
      await tamper();
      const { error, lines } = await reading(version);
      expect(error).toMatchObject({ code: 'CREDENTIAL_UNREADABLE', details: { instanceId, aiAgent, version } });
      expect(lines).toEqual([
        { level: 50, msg: 'a credential cannot be read', ...place(version), reason: expect.stringMatching(why) },
      ]);
      expect(`${String(error)} ${JSON.stringify(lines)}`).not.toContain(API_KEY);
    },
  );

  it('under a wrong master secret is CREDENTIAL_UNREADABLE, and one line says whose it was sealed under', async () => {
    const wrong = randomBytes(32);
    const { error, lines } = await reading(1, wrong);
    expect(error).toMatchObject({ code: 'CREDENTIAL_UNREADABLE' });
    const [right, held] = [rig.masterSecret, wrong].map((primary) => new Sealer({ primary }).keyId);
    expect(lines).toEqual([
      {
        ...{ level: 50, msg: 'a credential cannot be read', ...place(1) },
        reason: `it was sealed under another master secret: its key id is ${right}, this server holds ${held}`,
      },
    ]);
  });
});
