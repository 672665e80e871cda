import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { StartTriageDocument } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction } from '../../api/index.js';
import { Button, ErrorBox, TextArea } from '../../ui/index.js';
import { AdvancedFields } from './advanced-fields.js';
import { IncidentField } from './incident-field.js';
import { useIdempotencyKey } from './idempotency-key.js';
import { TargetFields, useTargets } from './target-fields.js';
import { EMPTY_TRIAGE_FORM, triageFormErrors, triageInputOf } from './triage-form.js';
import type { TriageForm } from './triage-form.js';

const FIELDS = Object.keys(EMPTY_TRIAGE_FORM) as (keyof TriageForm)[];

/** The form as a whole: shows faults once it was tried, and goes to the run that it started. */
export function TriageFormView({ initial }: { readonly initial: TriageForm }) {
  const [written, setForm] = useState(initial);
  const targets = useTargets(written);
  const { form, clusterError } = targets;
  const [tries, setTries] = useState(0);
  const [sent, setSent] = useState<TriageForm>();
  const { run, isBusy, problem } = useAction(StartTriageDocument);
  const keyOf = useIdempotencyKey();
  const [, navigate] = useLocation();
  const element = useRef<HTMLFormElement>(null);

  // What the server said holds until the form is changed.
  const server = faultsOf(sent === written ? problem : undefined, FIELDS);
  const faults = {
    ...triageFormErrors(form),
    ...(clusterError !== undefined && { clusterId: clusterError }),
  };
  const own = tries > 0 ? faults : {};
  const errors = { ...server.at, ...own };
  const change = (changed: Partial<TriageForm>) => setForm((before) => ({ ...before, ...changed }));

  useEffect(() => {
    if (tries > 0) element.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [tries]);

  const start = async () => {
    setTries(tries + 1);
    if (Object.keys(faults).length > 0) return;
    setSent(written);
    const started = await run({ input: triageInputOf(form, keyOf(form)) });
    if (started) navigate(`/runs/${started.startTriage.id}`);
  };

  return (
    <form
      ref={element}
      className="triage-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <div className="stack panel">
        <IncidentField value={form.incident} error={errors.incident} onChange={(incident) => change({ incident })} />
        <TextArea
          label="Prompt"
          hint="What the agent is asked."
          rows={5}
          value={form.prompt}
          error={errors.prompt}
          onChange={({ target }) => change({ prompt: target.value })}
        />
      </div>
      <div className="stack panel">
        <TargetFields targets={targets} errors={errors} onChange={change} />
        <AdvancedFields form={form} errors={errors} onChange={change} />
        {server.other && <ErrorBox problem={server.other} />}
        <Button kind="primary" type="submit" busy={isBusy}>
          Start the triage
        </Button>
      </div>
    </form>
  );
}
