import { access } from 'node:fs/promises';
import path from 'node:path';
import express, { Router } from 'express';
import { TriagedError } from '../kernel/errors.js';
import { dashboardHeaders } from './security-headers.js';

/** Paths that are the dashboard's to show; it looks at the address itself. All others are not found. */
const PAGES = [
  '/',
  '/runs',
  '/runs/:id',
  '/triage',
  '/instances',
  '/instances/:id',
  '/clusters',
  '/usage',
  '/agents',
  '/tools',
  '/audit',
];

const A_YEAR = 'public, max-age=31536000, immutable';

/** Serves the dashboard's files; without a bundle (it needs the development dependencies) its pages say how to make one. */
export function dashboard(directory: string): Router {
  const router = Router();
  const files = (folder: string, cacheControl: string) =>
    express.static(path.join(directory, folder), {
      cacheControl: false,
      index: false,
      redirect: false,
      setHeaders: (response) => response.set(dashboardHeaders(cacheControl)),
    });
  // Their names hold a digest of what is in them.
  router.use('/assets', files('assets', A_YEAR));
  router.get(PAGES, async (_request, response) => {
    const index = path.join(directory, 'index.html');
    const isBuilt = await access(index).then(
      () => true,
      () => false,
    );
    if (!isBuilt) throw new TriagedError('NOT_FOUND', 'The dashboard was not built. Run `npm run build`.');
    response.set(dashboardHeaders('no-cache'));
    response.sendFile(index, { cacheControl: false });
  });
  router.get('/favicon.svg', files('', 'no-cache'));
  return router;
}
