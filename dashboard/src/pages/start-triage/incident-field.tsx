import { useEffect, useRef, useState } from 'react';
import { bytesText, Button, FileButton, TextArea } from '../../ui/index.js';
import { incidentBytes, incidentFault, MAX_INCIDENT_BYTES } from './incident-check.js';
import { indented } from './indented.js';

/** A pause after which what was typed is checked: so that it is not read out at every key. */
const PAUSE_MS = 300;

function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** The incident, pasted or out of a file, checked while it is typed. */
export function IncidentField({
  value,
  error,
  onChange,
}: {
  readonly value: string;
  /** What the server said of it, or what is wrong at the attempt to start. */
  readonly error: string | undefined;
  readonly onChange: (incident: string) => void;
}) {
  const [refusedFile, setRefusedFile] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const rested = useRested(value);
  const fault = rested === '' ? undefined : incidentFault(rested);
  const position = fault?.position;
  const take = (incident: string) => {
    setRefusedFile(undefined);
    onChange(incident);
  };
  const goTo = (place: number) => {
    area.current?.focus();
    area.current?.setSelectionRange(place, Math.min(value.length, place + 1));
  };
  return (
    <div className="stack incident">
      <TextArea
        ref={area}
        label="Incident"
        className="mono"
        rows={14}
        spellCheck={false}
        placeholder={'{ "alert": "KubePodCrashLooping", "namespace": "shop" }'}
        hint={
          <>
            A JSON object: an alert with its context. A <code>namespace</code> in it leads the agent.{' '}
            {bytesText(incidentBytes(rested))} of 256 KiB
            {rested !== '' && !fault && ', well-formed'}.
          </>
        }
        value={value}
        error={fault?.message ?? refusedFile ?? error}
        onChange={({ target }) => take(target.value)}
      />
      <div className="row">
        <FileButton
          label="Upload a file"
          accept=".json,application/json"
          maxBytes={MAX_INCIDENT_BYTES}
          onText={take}
          onTooLarge={(bytes) =>
            setRefusedFile(`The file was not read: it has ${bytesText(bytes)}, and an incident 256 KiB at most.`)
          }
        />
        {position !== undefined && <Button onClick={() => goTo(position)}>Go to the fault</Button>}
        {rested !== '' && rested === value && !fault && <Button onClick={() => take(indented(value))}>Format</Button>}
      </div>
    </div>
  );
}
