import { useState } from 'react';
import { useSubscription } from 'urql';
import {
  InstanceLimitsDocument,
  SetAiAgentLimitsDocument,
  UsageChangedDocument,
} from '../../../../sdk/src/generated/graphql.js';
import type { AiAgent } from '../../../../sdk/src/generated/graphql.js';
import { documentOf, faultsOf, useAction, useCan, useRead } from '../../api/index.js';
import { AI_AGENT_NAMES, Dialog, ErrorBox, Field, FormDialog, Spinner, useAnnounce } from '../../ui/index.js';
import type { AiAgentDialogProps } from './ai-agent-dialogs.js';
import { formOfLimits, LIMIT_FIELDS, limitsFormErrors, limitsInputOf } from './limits-form.js';
import type { Limits } from './limits-form.js';

const PATHS = LIMIT_FIELDS.map(({ path }) => path);
const whole = new Intl.NumberFormat('en');

/** The limits of an AI agent, beside what it has used today. */
export function LimitsDialog(props: AiAgentDialogProps) {
  const { instanceId, aiAgent, onClose } = props;
  const { data, problem, reload } = useRead(InstanceLimitsDocument, { id: instanceId });
  const limits = data?.instance.aiAgents.find((each) => each.aiAgent === aiAgent.aiAgent)?.limits;
  if (limits) return <LimitsForm {...props} limits={limits} />;
  return (
    <Dialog title={`Limits of ${AI_AGENT_NAMES[aiAgent.aiAgent]}`} onClose={onClose}>
      {problem ? <ErrorBox problem={problem} onRetry={reload} /> : <Spinner />}
    </Dialog>
  );
}

function LimitsForm({
  instanceId,
  aiAgent: { aiAgent },
  limits,
  onClose,
  onChanged,
}: AiAgentDialogProps & { readonly limits: Limits }) {
  const [before] = useState(() => formOfLimits(limits));
  const [form, setForm] = useState(before);
  const [wasTried, setTried] = useState(false);
  const { run, isBusy, problem } = useAction(SetAiAgentLimitsDocument);
  const maySet = useCan('ADMIN');
  const announce = useAnnounce();
  const used = useUsedToday(instanceId, aiAgent);
  const server = faultsOf(problem, PATHS);
  const errors: Partial<Record<string, string>> = { ...server.at, ...(wasTried ? limitsFormErrors(form) : {}) };
  const save = async () => {
    setTried(true);
    if (!maySet || Object.keys(limitsFormErrors(form)).length > 0) return;
    if (!(await run({ input: limitsInputOf(instanceId, aiAgent, form, before) }))) return;
    announce(`The limits of ${AI_AGENT_NAMES[aiAgent]} were set.`);
    onChanged();
    onClose();
  };
  return (
    <FormDialog
      title={`Limits of ${AI_AGENT_NAMES[aiAgent]}`}
      verb="Set"
      busy={isBusy}
      problem={server.other}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <p>
        Model calls beyond a limit are refused. It holds over all runs of the instance, from the next call on; empty is
        no limit.
      </p>
      <p className="soft" role="status">
        {used}
      </p>
      <div className="limits">
        {LIMIT_FIELDS.map(({ path, label }) => (
          <Field
            key={path}
            label={label}
            inputMode="decimal"
            placeholder="no limit"
            disabled={!maySet}
            value={form[path] ?? ''}
            error={errors[path]}
            onChange={({ target }) => setForm((present) => ({ ...present, [path]: target.value }))}
          />
        ))}
      </div>
    </FormDialog>
  );
}

/** Live, in words; tokens as budgets count them. */
function useUsedToday(instanceId: string, aiAgent: AiAgent): string {
  const [{ data }] = useSubscription({ query: documentOf(UsageChangedDocument), variables: { instanceId } });
  if (!data) return 'Reading what was used today …';
  const sum = data.usageChanged.find((each) => each.aiAgent === aiAgent);
  if (!sum) return 'Nothing was used today (UTC).';
  const figures = [
    `${whole.format(sum.tokenCount + sum.unreportedTokens)} tokens`,
    `$${Number(sum.estimatedCost ?? 0).toFixed(4)}`,
    `${whole.format(sum.requestCount)} model calls`,
    `${whole.format(sum.limitedCount)} refused by limits`,
  ];
  return `Used today (UTC): ${figures.join(', ')}.`;
}
