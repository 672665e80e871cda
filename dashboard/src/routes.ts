import { lazy } from 'react';
import type { ComponentType } from 'react';
import type { Role } from './api/index.js';

export interface PageRoute {
  /** As wouter matches it; the server knows the same ones (src/http/dashboard.ts). */
  readonly path: string;
  readonly component: ComponentType;
  /** Its word in the navigation; without one it is reached from other pages. */
  readonly word?: string;
  /** The least role that may see it; VIEWER unless given. */
  readonly role?: Role;
}

/** Every page, in the order of the navigation. Each is loaded when it is first shown. */
export const ROUTES: readonly PageRoute[] = [
  { path: '/runs', word: 'Runs', component: lazy(() => import('./pages/runs/index.js')) },
  { path: '/runs/:id', component: lazy(() => import('./pages/run/index.js')) },
  {
    path: '/triage',
    word: 'Start a triage',
    role: 'OPERATOR',
    component: lazy(() => import('./pages/start-triage/index.js')),
  },
  { path: '/instances', word: 'Instances', component: lazy(() => import('./pages/instances/index.js')) },
  { path: '/instances/:id', component: lazy(() => import('./pages/instances/index.js')) },
  { path: '/clusters', word: 'Clusters', component: lazy(() => import('./pages/clusters/index.js')) },
  { path: '/usage', word: 'Usage', component: lazy(() => import('./pages/usage/index.js')) },
  { path: '/agents', word: 'Agents', component: lazy(() => import('./pages/agents/index.js')) },
  { path: '/tools', word: 'Tools', component: lazy(() => import('./pages/tools/index.js')) },
  { path: '/audit', word: 'Audit', role: 'ADMIN', component: lazy(() => import('./pages/audit/index.js')) },
];
