// GraphiQL for triaged: queries and mutations over HTTP, subscriptions over graphql-ws, from our own files alone.
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createTransport } from './transport.js';
import './playground.css';
import { samples } from './samples.js';

const WORKERS = { json: 'json.worker.js', graphql: 'graphql.worker.js' };
globalThis.MonacoEnvironment = { getWorker: (_id, label) => new Worker(WORKERS[label] ?? 'editor.worker.js') };

/** The key lives as long as the tab: never in localStorage, a URL or a saved query. */
const KEPT = 'triaged.api-key';

function KeyForm({ apiKey, onKey }) {
  const [draft, setDraft] = useState(apiKey);
  const submit = (event) => {
    event.preventDefault();
    onKey(draft.trim());
  };
  const hint =
    apiKey === ''
      ? 'Enter an API key to load the schema.'
      : draft.trim() === apiKey
        ? 'Kept in this tab only.'
        : 'Not in use yet.';
  return (
    <form className="key" onSubmit={submit}>
      <label htmlFor="api-key">API key</label>
      <input
        id="api-key"
        type="password"
        autoComplete="off"
        spellCheck="false"
        placeholder="tri_…"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      <button type="submit">Use</button>
      <span className="hint">{hint}</span>
    </form>
  );
}

function Playground() {
  const [apiKey, setApiKey] = useState(() => sessionStorage.getItem(KEPT) ?? '');
  const transport = useMemo(() => createTransport(apiKey), [apiKey]);
  useEffect(() => () => transport.dispose(), [transport]);
  const use = (key) => {
    sessionStorage.setItem(KEPT, key);
    setApiKey(key);
  };
  return (
    <>
      <header>
        <h1>triaged</h1>
        <KeyForm apiKey={apiKey} onKey={use} />
      </header>
      <GraphiQL
        key={apiKey}
        fetcher={transport.fetcher}
        // Without a key the server answers nothing, not even introspection.
        {...(apiKey === '' && { schema: null })}
        defaultTabs={samples}
        isHeadersEditorEnabled={false}
        defaultEditorToolsVisibility="variables"
        inputValueDeprecation
        schemaDescription
      >
        <GraphiQL.Logo>
          <span className="logo">Playground</span>
        </GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

createRoot(document.getElementById('playground')).render(<Playground />);
