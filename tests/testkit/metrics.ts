import type { TestServer } from './server.js';

/** What a server's metrics say now: each series as Prometheus writes it, e.g. `triaged_runs{state="QUEUED"}`. */
export async function scrape(server: TestServer): Promise<{ text: string; series: Map<string, number> }> {
  const text = await (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const series = new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
  return { text, series };
}

/** The sum of the series of a name whose labels are among others the given ones. */
export function sumOf(series: ReadonlyMap<string, number>, name: string, labels: Record<string, string> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return [...series]
    .filter(([key]) => key.split('{', 1)[0] === name && wanted.every((each) => key.includes(each)))
    .reduce((sum, [, value]) => sum + value, 0);
}
