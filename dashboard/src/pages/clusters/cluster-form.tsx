import { useState } from 'react';
import { RegisterClusterDocument, UpdateClusterDocument } from '../../../../sdk/src/generated/graphql.js';
import type { ClusterFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction } from '../../api/index.js';
import { bytesText, Field, FileButton, FormDialog, TextArea, useAnnounce } from '../../ui/index.js';
import { RecipeHelp } from './recipe-help.js';

const MAX_KUBECONFIG_BYTES = 256 * 1024;
const FIELDS = ['name', 'kubeconfig', 'context'] as const;
const EMPTY = { kubeconfig: '', context: '' };

/** A new cluster, or another name or kubeconfig of the one that is given. The kubeconfig is gone from the page once it was taken. */
export function ClusterForm({
  cluster,
  onClose,
  onSaved,
}: {
  readonly cluster?: ClusterFieldsFragment;
  readonly onClose: () => void;
  readonly onSaved: (id: string) => void;
}) {
  const [form, setForm] = useState({ ...EMPTY, name: cluster?.name ?? '' });
  const [ownFault, setOwnFault] = useState<string>();
  const register = useAction(RegisterClusterDocument);
  const update = useAction(UpdateClusterDocument);
  const announce = useAnnounce();
  const { isBusy, problem } = cluster ? update : register;
  const server = faultsOf(problem, FIELDS);
  const change = (changed: Partial<typeof form>) => {
    setOwnFault(undefined);
    setForm((before) => ({ ...before, ...changed }));
  };
  const send = async (): Promise<string | undefined> => {
    const { name, kubeconfig } = form;
    const context = form.context.trim() === '' ? {} : { context: form.context.trim() };
    if (!cluster) return (await register.run({ input: { name, kubeconfig, ...context } }))?.registerCluster.id;
    const input = { ...(name !== cluster.name && { name }), ...(kubeconfig !== '' && { kubeconfig }), ...context };
    return (await update.run({ id: cluster.id, input }))?.updateCluster.id;
  };
  const save = async () => {
    if (!cluster && form.kubeconfig.trim() === '') {
      setOwnFault('Paste a kubeconfig, or upload one.');
      return;
    }
    const id = await send();
    if (id === undefined) return;
    setForm({ ...form, ...EMPTY });
    announce(cluster ? `${form.name} was changed.` : `${form.name} was registered.`);
    onSaved(id);
  };
  const isRefused = problem?.code === 'CLUSTER_UNUSABLE' || server.at.kubeconfig !== undefined;
  return (
    <FormDialog
      title={cluster ? `Update ${cluster.name}` : 'Register a cluster'}
      verb={cluster ? 'Save' : 'Register'}
      busy={isBusy}
      problem={server.other}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="Unique among your clusters."
        value={form.name}
        error={server.at.name}
        autoFocus
        onChange={({ target }) => change({ name: target.value })}
      />
      <TextArea
        label="Kubeconfig"
        hint={
          cluster
            ? 'Left empty, the present one stays. Runs that were asked for before keep theirs.'
            : 'Server, CA and credential are taken from one context and sealed; the cluster is asked what the credential may do.'
        }
        className="mono"
        rows={8}
        spellCheck={false}
        autoComplete="off"
        value={form.kubeconfig}
        error={ownFault ?? server.at.kubeconfig}
        onChange={({ target }) => change({ kubeconfig: target.value })}
      />
      <div className="row">
        <FileButton
          label="Upload a kubeconfig"
          accept=".yaml,.yml,.json,.conf,.kubeconfig"
          maxBytes={MAX_KUBECONFIG_BYTES}
          onText={(kubeconfig) => change({ kubeconfig })}
          onTooLarge={(bytes) =>
            setOwnFault(`The file was not read: it has ${bytesText(bytes)}, a kubeconfig 256 KiB at most.`)
          }
        />
      </div>
      <Field
        label="Context"
        hint="Left empty: the kubeconfig's current one."
        value={form.context}
        error={server.at.context}
        spellCheck={false}
        onChange={({ target }) => change({ context: target.value })}
      />
      <RecipeHelp isWanted={isRefused} />
    </FormDialog>
  );
}
