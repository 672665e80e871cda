// needs: kubectl
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import { createKubectl } from '../testkit/kubernetes/kubectl.js';

const directory = process.env.TRIAGED_INCIDENTS_DIR;
if (!directory) throw new Error('Set TRIAGED_INCIDENTS_DIR to the folder of recorded incidents.');

interface Described {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

const described = readdirSync(directory, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: incident }): Described[] => {
    const folder = path.join(directory, incident);
    const files = readdirSync(folder).filter((file) => file.startsWith('kubectl_describe'));
    return files.map((file) => {
      const [question = ''] = readFileSync(path.join(folder, file), 'utf8').split('\n');
      const asked = (JSON.parse(question) as { match_params: Omit<Described, 'file'> }).match_params;
      return { file: path.join(incident, file), ...asked };
    });
  });

/** What depends on kubectl's version, the time zone or today is left out. */
const variable =
  /^(Priority|DownwardAPI|ConfigMapOptional|Start(ed| Time)|Finished|Selector|Pods Statuses|Completion Mode|Suspend|Backoff Limit|Node-Selectors|Tolerations|Service Account|Environment|Mounts|Command|Args):/;
const words = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' ').replaceAll('\\"', '"'))
    .map((line) =>
      line.replace(/^(Normal|Warning) (\S+) .*? (kubelet|default-scheduler|job-controller) /, '$1 $2 $3 '),
    );

describe("the test kit's API server, on a recorded incident", () => {
  it.each(described)('shows $kind $name as it was recorded ($file)', async ({ file, kind, name, namespace }) => {
    const recorded = words(readFileSync(path.join(directory, file), 'utf8'))
      .slice(2)
      .filter((line) => line && !variable.test(line) && !/^(stdout:|stderr:|"|Type |-)/.test(line));
    const server = await startApiServer({ incidentFolder: path.join(directory, path.dirname(file)) });
    const kubectl = await createKubectl(server.kubeconfig());
    try {
      const { stdout } = await kubectl('describe', kind, name, '-n', namespace);
      const shown = new Set(words(stdout));
      expect(recorded.length).toBeGreaterThan(10);
      expect(recorded.filter((line) => !shown.has(line))).toEqual([]);
    } finally {
      await kubectl.remove();
      await server.close();
    }
  });
});
