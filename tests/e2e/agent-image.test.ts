// needs: docker
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AI_AGENT_NAMES, AI_AGENTS } from '../../src/kernel/ai-agents.js';
import { agentImage, engine, runHardened } from '../testkit/hardened-container.js';

jest.setTimeout(300_000);

const CLIS = AI_AGENT_NAMES.map((name) => AI_AGENTS[name].cli);
const SKILL = '/skills/k8s-troubleshooter';
/** Stands in the context files and nowhere else. */
const CONTEXT = 'You are the first responder to an incident in a Kubernetes cluster';

let pins: Readonly<Record<string, string>>;

beforeAll(async () => {
  const lines = (await readFile('agent-image/versions.env', 'utf8')).matchAll(/^(\w+)=(.*)$/gm);
  pins = Object.fromEntries([...lines].map(([, name, value]) => [name, value] as const)) as Record<string, string>;
});

const pinned = (cli: string) => pins[`${cli === 'claude' ? 'CLAUDE_CODE' : cli.toUpperCase()}_VERSION`];

/** What a bash script prints in a hardened container; fails when it does not exit with 0. */
async function say(script: string, uid?: number): Promise<string> {
  const { exitCode, output } = await runHardened(`set -e\n${script}`, { uid });
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${output}`);
  return output.trim();
}

/** The beginning of what the skill says of itself, as CLIs that know the skill tell their model. */
async function skillDescription(): Promise<string> {
  const description = await say(
    `awk '/^description:/ { sub(/^description: *[|>]? */, ""); if ($0 == "") getline; print; exit }' ${SKILL}/SKILL.md`,
  );
  expect(description.length).toBeGreaterThan(40);
  return description.slice(0, 40);
}

describe('the agent image', () => {
  it.each([10_001, 12_345])('holds all five CLIs at their pinned versions, for the user %d', async (uid) => {
    const said = await say(CLIS.map((cli) => `echo "${cli} $(${cli} --version | tail -n 1)"`).join('\n'), uid);
    for (const cli of CLIS) {
      expect(said).toMatch(new RegExp(`^${cli} .*${pinned(cli)?.replaceAll('.', '\\.')}`, 'm'));
    }
    expect(said).not.toMatch(/read-only|EROFS|EACCES|ENOENT|permission denied/i);
  });

  it.each([10_001, 12_345])('holds kubectl 1.31, helm 3 and the search tools, for the user %d', async (uid) => {
    const said = await say(
      `kubectl version --client; helm version --short
      for tool in rg fd fzf jq git curl; do echo "$tool $($tool --version | sed -n 1p)"; done
      echo "workspace" > /workspace/note.md && fd note /workspace && rg -l work /workspace | fzf --filter note`,
      uid,
    );
    expect(said).toContain(`Client Version: v${pins.KUBECTL_VERSION}`);
    expect(pins.KUBECTL_VERSION).toMatch(/^1\.31\./);
    expect(said).toContain(`v${pins.HELM_VERSION}`);
    expect(pins.HELM_VERSION).toMatch(/^3\./);
    for (const tool of ['ripgrep', 'fdfind', '(debian)', 'jq-', 'git version', 'libcurl']) expect(said).toContain(tool);
    expect(said.split('\n').slice(-2)).toEqual(['/workspace/note.md', '/workspace/note.md']);
  });

  it('says what it holds and where that came from', async () => {
    const versions = JSON.parse(await say('cat /opt/triaged/versions.json')) as Record<
      string,
      { version: string; source: string }
    >;
    expect(Object.keys(versions).sort()).toEqual([...CLIS, 'helm', 'kubectl', 'node', 'skill'].sort());
    for (const cli of CLIS) expect(versions[cli]?.version).toBe(pinned(cli));
    for (const { source } of Object.values(versions)) expect(source).not.toBe('');
    const { Config } = await engine.getImage(agentImage).inspect();
    expect(Config.Labels['triaged.agents']).toBe(CLIS.join(','));
  });

  it.each([10_001, 12_345])('holds the skill with its references and scripts, for the user %d', async (uid) => {
    const said = await say(
      `head -n 2 ${SKILL}/SKILL.md; ls ${SKILL}/references | wc -l
      for script in ${SKILL}/scripts/*.sh; do bash -n $script; done
      test -x ${SKILL}/scripts/incident_triage.sh; touch ${SKILL}/x 2>/dev/null || echo unchanged`,
      uid,
    );
    expect(said).toMatch(/^---\nname: k8s-troubleshooter\n[1-9]\d*\nunchanged$/);
  });

  it('holds context files for triage that name the skill and its scripts, and the configuration of Goose', async () => {
    for (const file of ['GEMINI.md', '.goosehints', 'AGENTS.md']) {
      const text = await say(`cat /home/agent/${file}`);
      expect(text).toContain(CONTEXT);
      expect(text).toContain(SKILL);
      for (const [script] of text.matchAll(/\/skills\/\S+\.sh/g)) await say(`test -x ${script}`);
      expect(text).toContain('incident_triage.sh');
    }
    const configuration = await say('cat /home/agent/.config/goose/config.yaml');
    expect(configuration).toMatch(/^GOOSE_PROVIDER: openai$/m);
    expect(configuration).toMatch(/^GOOSE_MODEL: gpt-4\.1$/m);
  });

  it('holds run-agent.sh and a runner with a post hook for each agent', async () => {
    const names = (await say('ls /opt/triaged/runners')).split('\n');
    expect(names).toEqual(
      expect.arrayContaining(['run-agent.sh', 'common.sh', ...CLIS.flatMap((cli) => [`${cli}.sh`, `${cli}-post.sh`])]),
    );
  });

  it('starts as the user agent in its home, and holds no secret and nothing of its build', async () => {
    const { Config } = await engine.getImage(agentImage).inspect();
    expect(Config.User).toBe('10001:10001');
    expect(Config.WorkingDir).toBe('/home/agent');
    const names = Config.Env.map((variable) => variable.split('=')[0]);
    expect(names.sort()).toEqual(['HOME', 'KUBECONFIG', 'PATH', 'TRIAGED_OWN_PID_NAMESPACE']);
    expect(Config.Env).toContain('KUBECONFIG=/root/.kube/config');

    const left = await say(`
      find / -xdev \\( -name .npmrc -o -name .npm -o -name auth.json -o -name '*.key' -o -path /build -o -path /install \\) -print 2>/dev/null || true
      stat -c '%a %n' /root /root/.kube; ls /root 2>/dev/null || echo 'not readable'
      test "$(pwd)" = /home/agent`);
    expect(left).toBe('711 /root\n711 /root/.kube\nnot readable');
  });
});

describe('an image for some of the agents', () => {
  it('is smaller, says what it holds, and is made from the layers that are there', async () => {
    const image = 'triaged-test/gemini-alone:latest';
    await promisify(execFile)('bash', ['scripts/image.sh', '--agents', 'gemini'], {
      env: { ...process.env, AGENT_IMAGE: image },
    });
    try {
      const [small, whole] = await Promise.all([image, agentImage].map((name) => engine.getImage(name).inspect()));
      expect(small?.Config.Labels['triaged.agents']).toBe('gemini');
      expect(small?.Size).toBeLessThan((whole?.Size ?? 0) / 2);
    } finally {
      await engine.getImage(image).remove();
    }
  });
});

describe('the first process', () => {
  const init = async () => {
    const { Config } = await engine.getImage(agentImage).inspect();
    const entrypoint = Config.Entrypoint as string[];
    expect(entrypoint.at(-1)).toBe('/opt/triaged/init/main.cjs');
    return [...entrypoint.slice(0, -1), '-e'];
  };

  it('reaps what agents leave behind, which Node below it does not', async () => {
    const { output } = await runHardened(
      `const { execFileSync } = require('node:child_process');
       execFileSync('bash', ['-c', 'for i in 1 2 3; do (sleep 0.1 &); done']);
       setTimeout(() => console.log(execFileSync('ps', ['-eo', 'stat=,comm=']).toString()), 600);`,
      { entrypoint: await init() },
    );
    expect(output).toContain('tini');
    expect(output).not.toMatch(/^Z|sleep/m);
  });

  it('outlives triaged-init ending every other process', async () => {
    const { exitCode, output } = await runHardened(
      `const { execFileSync, spawn } = require('node:child_process');
       spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).unref();
       setTimeout(() => {
         process.kill(-1, 'SIGKILL');
         setTimeout(() => {
           console.log(execFileSync('ps', ['-eo', 'comm=']).toString());
           process.exit(5);
         }, 300);
       }, 300);`,
      { entrypoint: await init() },
    );
    expect(output).toContain('tini');
    expect(output).not.toContain('sleep');
    expect(exitCode).toBe(5);
  });

  it('passes signals on and exits like the process below it', async () => {
    const script = `process.on('SIGTERM', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000);`;
    const { exitCode } = await runHardened(script, { entrypoint: await init(), signal: 'SIGTERM' });
    expect(exitCode).toBe(7);
  });
});

describe('an agent in its container, with its configuration folder moved', () => {
  /** What the CLI printed and every request that it sent, after a run of the inside half. */
  async function runAgent(cli: string, environment: string, before = '') {
    const printed = await say(`
      node /run/triaged/recording-model.mjs /tmp/requests & until curl -s -o /dev/null 127.0.0.1:8377; do sleep 0.05; done
      export AGENT_CLI=${cli} WORKSPACE=/workspace OUTPUT=/output AGENT_HOME=/home/agent ${environment}
      ${before}
      # To a file, because CLIs leave a pipe that cat cannot write to without being told to wait.
      /opt/triaged/runners/run-agent.sh --inside >/tmp/stdout 2>/tmp/stderr || { cat /tmp/std*; exit 1; }
      cat /tmp/stdout
      echo '=== requests'; cat /tmp/requests/*.json`);
    const [stdout = '', requests = ''] = printed.split('=== requests\n');
    return { stdout, requests };
  }

  const OPENAI = 'OPENAI_API_KEY=k OPENAI_BASE_URL=http://127.0.0.1:8377/v1';

  it('offers /k8s-troubleshooter to Claude Code, which may read the skill', async () => {
    const { stdout, requests } = await runAgent(
      'claude',
      'ANTHROPIC_API_KEY=k ANTHROPIC_BASE_URL=http://127.0.0.1:8377 CLAUDE_CONFIG_DIR=/home/moved',
    );
    const init = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { subtype?: string; slash_commands?: string[]; skills?: string[] })
      .find(({ subtype }) => subtype === 'init');
    expect(init?.slash_commands).toContain('k8s-troubleshooter');
    expect(init?.skills).toContain('k8s-troubleshooter');
    const skill =
      (await say(`cat ${SKILL}/SKILL.md`)).split('\n').find((line) => line.startsWith('# ')) ?? 'no heading';
    expect(requests).toContain(skill);
  });

  it('gives Gemini CLI the files GEMINI.md of its home and of the folder it starts in', async () => {
    const { requests } = await runAgent(
      'gemini',
      'GEMINI_API_KEY=k GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8377 GEMINI_CLI_HOME=/home/moved',
      'mkdir /home/moved/.gemini; echo "words of the user level" > /home/moved/.gemini/GEMINI.md',
    );
    expect(requests).toContain('words of the user level');
    expect(requests).toContain(CONTEXT);
    expect(requests).toContain(await skillDescription());
  });

  it('gives Goose its .goosehints', async () => {
    const { requests } = await runAgent(
      'goose',
      'OPENAI_API_KEY=k OPENAI_HOST=http://127.0.0.1:8377 GOOSE_PATH_ROOT=/home/moved GOOSE_PROVIDER=openai',
    );
    expect(requests).toContain(CONTEXT);
  });

  it.each([
    ['codex', `${OPENAI} CODEX_HOME=/home/moved`],
    ['opencode', `${OPENAI} OPENCODE_CONFIG_DIR=/home/moved`],
  ])('gives %s its AGENTS.md and the skill', async (cli, environment) => {
    const { requests } = await runAgent(cli, environment);
    expect(requests).toContain(CONTEXT);
    expect(requests).toContain(await skillDescription());
  });
});
