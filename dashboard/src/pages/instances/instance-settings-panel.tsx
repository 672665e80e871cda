import { useState } from 'react';
import { UpdateInstanceDocument } from '../../../../sdk/src/generated/graphql.js';
import type { KeyDelivery, ProviderFeature } from '../../../../sdk/src/generated/graphql.js';
import { faultsOf, useAction } from '../../api/index.js';
import { Button, Checkbox, ErrorBox, Field, Select, TextArea, useAnnounce } from '../../ui/index.js';
import { formOfInstance, instanceInputOf, instanceSettingsErrors, isUnchanged } from './instance-settings-form.js';
import type { InstanceSettings, InstanceSettingsForm } from './instance-settings-form.js';

const FEATURES: Readonly<Record<ProviderFeature, readonly [word: string, hint: string]>> = {
  WEB_SEARCH: ['Search the web', 'The agent chooses the words.'],
  WEB_FETCH: ['Fetch web pages', 'Pages that the agent names.'],
  REMOTE_MCP: ['Connect to MCP servers', 'Servers that the agent names.'],
  CODE_EXECUTION: ['Run code', 'Of the agent, in a container of the provider.'],
  URL_SOURCES: ['Take images and documents by URL', 'The provider fetches them.'],
  FILES: ['Keep files', 'And stores of files.'],
  STORED_STATE: ['Keep requests and answers', 'And continue earlier ones.'],
  BACKGROUND: ['Work on after a call', 'What that spends is not counted.'],
  IMAGE_GENERATION: ['Make images', 'What that spends is not counted.'],
  UNLISTED: ['What this server does not know', 'Passes unseen, whatever it does.'],
};
const FEATURE_NAMES = Object.keys(FEATURES) as readonly ProviderFeature[];

/** What holds for all AI agents of an instance. What is typed stays when someone else changes the instance meanwhile. */
export function InstanceSettingsPanel({
  instance,
  mayChange,
  onSaved,
}: {
  readonly instance: InstanceSettings & { readonly id: string };
  readonly mayChange: boolean;
  readonly onSaved: () => void;
}) {
  const [base, setBase] = useState<InstanceSettings>(instance);
  const [form, setForm] = useState(() => formOfInstance(instance));
  const [seen, setSeen] = useState(instance);
  const [isOld, setOld] = useState(false);
  const [wasTried, setTried] = useState(false);
  const { run, isBusy, problem } = useAction(UpdateInstanceDocument);
  const announce = useAnnounce();
  const server = faultsOf(problem, ['name', 'egress', 'keyDelivery', 'providerFeatures']);
  const errors = { ...server.at, ...(wasTried ? instanceSettingsErrors(form) : {}) };
  const change = (changed: Partial<InstanceSettingsForm>) => setForm((before) => ({ ...before, ...changed }));
  const begin = (settings: InstanceSettings) => {
    setBase(settings);
    setForm(formOfInstance(settings));
    setOld(false);
    setTried(false);
  };
  if (instance !== seen) {
    setSeen(instance);
    const isOther = !isUnchanged(formOfInstance(instance), base);
    if (isOther && isUnchanged(form, base)) begin(instance);
    else setOld(isOther);
  }
  const save = async () => {
    setTried(true);
    if (Object.keys(instanceSettingsErrors(form)).length > 0) return;
    const saved = await run({ input: instanceInputOf(instance.id, form, base) });
    if (!saved) return;
    begin(saved.updateInstance);
    announce('The settings were saved.');
    onSaved();
  };
  return (
    <form
      className="panel stack"
      aria-label="Settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2>Settings</h2>
      <div className="settings">
        <div className="stack">
          <Field
            label="Name"
            disabled={!mayChange}
            value={form.name}
            error={errors.name}
            onChange={({ target }) => change({ name: target.value })}
          />
          <Select
            label="Key delivery"
            hint={DELIVERY_HINTS[form.keyDelivery]}
            disabled={!mayChange}
            value={form.keyDelivery}
            error={errors.keyDelivery}
            onChange={({ target }) => change({ keyDelivery: target.value as KeyDelivery })}
          >
            <option value="ENVIRONMENT">In the agent’s environment</option>
            <option value="BROKERED">Brokered by the gateway</option>
          </Select>
          <TextArea
            label="Egress list"
            hint="Hosts that runs may reach beside their cluster, one a line: host, host:port or *.domain. Empty: none."
            className="mono"
            spellCheck={false}
            disabled={!mayChange}
            value={form.egress}
            error={errors.egress}
            onChange={({ target }) => change({ egress: target.value })}
          />
        </div>
        <fieldset className="features" disabled={!mayChange}>
          <legend>What providers may do for the agents, beyond answering</legend>
          {FEATURE_NAMES.map((feature) => (
            <Checkbox
              key={feature}
              label={FEATURES[feature][0]}
              hint={FEATURES[feature][1]}
              checked={form.providerFeatures.includes(feature)}
              onChange={({ target }) =>
                change({
                  providerFeatures: target.checked
                    ? [...form.providerFeatures, feature]
                    : form.providerFeatures.filter((each) => each !== feature),
                })
              }
            />
          ))}
        </fieldset>
      </div>
      {isOld && (
        <div className="warning row" role="status">
          <span>Someone else has changed these settings. Saving sends what you changed, and leaves theirs.</span>
          <Button onClick={() => begin(instance)}>Show theirs</Button>
        </div>
      )}
      {server.other && <ErrorBox problem={server.other} />}
      {mayChange && (
        <div className="row">
          <Button kind="primary" type="submit" busy={isBusy}>
            Save the settings
          </Button>
        </div>
      )}
    </form>
  );
}

const DELIVERY_HINTS: Readonly<Record<KeyDelivery, string>> = {
  ENVIRONMENT: 'The agent can read the key.',
  BROKERED: 'The agent holds a token that is good for its run alone; the gateway puts the key in its place.',
};
