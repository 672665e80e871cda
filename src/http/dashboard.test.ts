import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSmallServer } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';

let folder: string;
let small: SmallServer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'triaged-dashboard-'));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'index.html'), '<title>the dashboard</title>');
  await writeFile(path.join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(path.join(folder, '.built'), '');
  await writeFile(path.join(folder, 'assets/index-1.js'), 'void 0;');
  small = await startSmallServer({ dashboardDirectory: folder });
});

afterAll(async () => {
  await small.close();
  await rm(folder, { recursive: true });
});

const get = (target: string) => fetch(`${small.url}${target}`, { redirect: 'manual' });

describe('the dashboard', () => {
  it.each(['/', '/runs', '/runs/0f2c', '/triage', '/instances', '/clusters', '/usage', '/agents', '/tools', '/audit'])(
    'shows its page at %s, looked at anew each time, with no script but its own',
    async (target) => {
      const answer = await get(target);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('the dashboard');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      const policy = answer.headers.get('content-security-policy')!.split('; ');
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "connect-src 'self'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
        ]),
      );
    },
  );

  it('has files kept for a year whose names hold a digest', async () => {
    const answer = await get('/assets/index-1.js');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect((await get('/favicon.svg')).headers.get('content-type')).toBe('image/svg+xml');
  });

  it.each([
    '/nothing',
    '/runs/x/y',
    '/assets',
    '/assets/',
    '/assets/index-2.js',
    '/.built',
    '/index.html',
    '/assets/%2e%2e/.built',
  ])('leaves %s to the API, which says in JSON that nothing is there and lets nobody keep that', async (target) => {
    const answer = await get(target);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error_code: 'NOT_FOUND' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});
