import { access } from 'node:fs/promises';
import path from 'node:path';
import express, { Router } from 'express';
import { TriagedError } from '../kernel/errors.js';
import { playgroundHeaders } from './security-headers.js';

/** Serves GraphiQL from our own files; without a bundle (it needs the development dependencies) it says how to make one. */
export function playground(directory: string): Router {
  const router = Router();
  router.use(playgroundHeaders, express.static(directory, { cacheControl: false }));
  router.use(async (_request, _response, next) => {
    const isBuilt = await access(path.join(directory, 'index.html')).then(
      () => true,
      () => false,
    );
    next(isBuilt ? undefined : new TriagedError('NOT_FOUND', 'The playground was not built. Run `npm run build`.'));
  });
  return router;
}
