import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Provider } from 'urql';
import { ActorDocument } from '../../../sdk/src/generated/graphql.js';
import { createApiClient } from './client.js';
import type { ApiClient } from './client.js';
import { connection } from './connection.js';
import { documentOf } from './documents.js';
import { forgetKey, holdKey, storedKey, storeKey } from './key-storage.js';
import { problemOf } from './problem.js';
import type { Problem } from './problem.js';

export const ROLES = ['ADMIN', 'OPERATOR', 'VIEWER'] as const;
export type Role = (typeof ROLES)[number];

export interface Actor {
  readonly tenantId: string;
  readonly role: Role;
  /** The key's readable prefix. */
  readonly keyId: string;
}

type State =
  | { readonly name: 'signed-out'; readonly reason?: string }
  | { readonly name: 'checking' }
  | { readonly name: 'failed'; readonly problem: Problem }
  | { readonly name: 'signed-in'; readonly actor: Actor; readonly api: ApiClient; readonly apiKey: string };

export interface Session {
  readonly state: State;
  /** Resolves with what was wrong with the key, or undefined once it is signed in with. */
  readonly signIn: (apiKey: string, options: { readonly remember: boolean }) => Promise<Problem | undefined>;
  readonly signOut: (reason?: string) => void;
  /** Tries the stored key again. */
  readonly retry: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

const REFUSED = 'The server no longer takes this API key: it was revoked or has expired. Sign in with another.';
const SIGNED_OUT_ELSEWHERE = 'You signed out in another tab.';

const roleOf = (text: string): Role => ROLES.find((role) => role === text) ?? 'VIEWER';

async function open(apiKey: string, onRefused: () => void): Promise<State> {
  const api = createApiClient(apiKey, onRefused);
  const { data, error } = await api.urql.query(documentOf(ActorDocument), {}).toPromise();
  if (data) return { name: 'signed-in', actor: { ...data.actor, role: roleOf(data.actor.role) }, api, apiKey };
  api.close();
  if (error) return { name: 'failed', problem: problemOf(error) };
  return { name: 'signed-out' };
}

/** Who is signed in, and the way to the API with their key; everything below may use urql's hooks once that is so. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<State>(storedKey() === undefined ? { name: 'signed-out' } : { name: 'checking' });

  const signOut = useCallback((reason?: string) => {
    forgetKey();
    setState((before) => {
      if (before.name === 'signed-in') before.api.close();
      return { name: 'signed-out', ...(reason === undefined ? {} : { reason }) };
    });
  }, []);

  const signIn = useCallback<Session['signIn']>(
    async (apiKey, options) => {
      let isIn = false;
      const next = await open(apiKey, () => isIn && signOut(REFUSED));
      if (next.name === 'failed') return next.problem;
      isIn = true;
      storeKey(apiKey, options);
      setState(next);
      return undefined;
    },
    [signOut],
  );

  const tryStored = useCallback(() => {
    const key = storedKey();
    if (key === undefined) return;
    void open(key, () => signOut(REFUSED)).then((next) => setState((now) => (now.name === 'checking' ? next : now)));
  }, [signOut]);

  const retry = useCallback(() => {
    setState({ name: 'checking' });
    tryStored();
  }, [tryStored]);

  useEffect(() => {
    tryStored();
    connection.start();
    return () => connection.stop();
  }, [tryStored]);

  useEffect(() => {
    if (state.name !== 'signed-in') return undefined;
    const { api, apiKey } = state;
    return holdKey(apiKey, () => {
      api.close();
      setState({ name: 'signed-out', reason: SIGNED_OUT_ELSEWHERE });
    });
  }, [state]);

  const session = useMemo(() => ({ state, signIn, signOut, retry }), [state, signIn, signOut, retry]);
  const content = <SessionContext value={session}>{children}</SessionContext>;
  return state.name === 'signed-in' ? <Provider value={state.api.urql}>{content}</Provider> : content;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs a SessionProvider above it.');
  return session;
}

function useSignedIn(): Extract<State, { name: 'signed-in' }> {
  const { state } = useSession();
  if (state.name !== 'signed-in') throw new Error('Only pages behind the sign-in may ask who is signed in.');
  return state;
}

/** Whom the present key stands for. */
export const useActor = (): Actor => useSignedIn().actor;

/** The present key, for what urql does not ask for. Not the stored one: that may be another tab's by now. */
export const useApiKey = (): string => useSignedIn().apiKey;

/** Whether the present key may do what needs `role`: what it may not is left out of the page. */
export const useCan = (role: Role): boolean => ROLES.indexOf(useActor().role) <= ROLES.indexOf(role);
