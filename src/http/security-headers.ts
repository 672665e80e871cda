import type { RequestHandler } from 'express';

const COMMON: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** For what is data: nothing in it may run, and nobody may keep it. */
export const apiHeaders: RequestHandler = (_request, response, next) => {
  response.set(COMMON);
  response.set({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  });
  next();
};

/**
 * For the playground: scripts, workers and connections of this origin only. Its editor writes style elements, hence
 * 'unsafe-inline' for styles alone; its fonts and icons are data URLs.
 */
const PLAYGROUND_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const playgroundHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'content-security-policy': PLAYGROUND_POLICY, 'cache-control': 'no-cache' });
  next();
};

/**
 * For the dashboard: scripts and connections of this origin only, and no text becomes markup or script (Trusted
 * Types: the one policy names the worker that reads logs, and nothing else).
 * The terminal writes style elements and attributes, hence 'unsafe-inline' for styles alone.
 */
const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types log-worker',
].join('; ');

export const dashboardHeaders = (cacheControl: string): Readonly<Record<string, string>> => ({
  'content-security-policy': DASHBOARD_POLICY,
  'cache-control': cacheControl,
});
