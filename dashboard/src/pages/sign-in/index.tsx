import { useState } from 'react';
import type { SubmitEvent } from 'react';
import { useSession } from '../../api/index.js';
import type { Problem } from '../../api/index.js';
import { Button, Checkbox, Field } from '../../ui/index.js';
import './sign-in.css';

const wordsFor = ({ code, message }: Problem): string =>
  code === 'UNAUTHENTICATED'
    ? 'The server does not know this key. Look for missing characters, or ask for a new one.'
    : message;

/** Asks for an API key; `reason` says why the one before is no longer used. */
export function SignInPage({ reason }: { readonly reason?: string | undefined }) {
  const { signIn } = useSession();
  const [key, setKey] = useState('');
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    const found = await signIn(key.trim(), { remember });
    if (!found) return;
    setProblem(found);
    setBusy(false);
  };

  return (
    <main className="sign-in">
      <title>Sign in · triaged</title>
      <form onSubmit={(event) => void submit(event)}>
        <img src="/favicon.svg" alt="" width="36" height="36" />
        <h1>Sign in to triaged</h1>
        {reason !== undefined && <p role="status">{reason}</p>}
        <Field
          label="API key"
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          required
          autoFocus
          value={key}
          onChange={({ target }) => setKey(target.value)}
          error={problem && wordsFor(problem)}
        />
        <Checkbox
          label="Remember it in this browser"
          hint="Otherwise this tab alone knows it."
          checked={remember}
          onChange={({ target }) => setRemember(target.checked)}
        />
        <Button type="submit" kind="primary" busy={busy}>
          Sign in
        </Button>
        <section>
          <h2>Where is my key?</h2>
          <p>
            A server that was started with nothing configured made one: it stands in the file{' '}
            <code>.data/demo.api-key</code> of the folder that it was started in.
          </p>
          <p>
            Anywhere else an administrator makes one: <code>triaged keys create --help</code>.
          </p>
        </section>
      </form>
    </main>
  );
}
