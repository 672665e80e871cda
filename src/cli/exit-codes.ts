/** What the process ends with; a part of the command line's contract. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  away: 3,
  keyRefused: 4,
  notFound: 5,
  refused: 6,
  later: 7,
  interrupted: 130,
  outputClosed: 141,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One line for each code, as `triaged help exit-codes` and docs/cli.md show it. */
export const EXIT_CODE_MEANINGS: readonly (readonly [code: ExitCode | 78, meaning: string])[] = [
  [EXIT.ok, 'Done. Of triage: the run SUCCEEDED. Of ai-agents test: the AI agent is ready to work.'],
  [EXIT.failed, 'The run did not succeed, the test failed, or something failed that has no code of its own.'],
  [EXIT.usage, 'The command line, or a file that it names, was not understood.'],
  [EXIT.away, 'No server answers at the address, or it went away for good.'],
  [EXIT.keyRefused, 'There is no API key, it is refused, or its role does not suffice.'],
  [EXIT.notFound, 'There is no such run, instance or cluster.'],
  [EXIT.refused, 'The server refused what was asked; the message says why.'],
  [EXIT.later, 'A quota or limit is used up, or a part of the server, or a provider, is away: try again later.'],
  [78, 'Of serve: the configuration is wrong; every fault is named.'],
  [EXIT.interrupted, 'Interrupted. A run that was followed goes on.'],
  [EXIT.outputClosed, 'Whoever read the output closed it, e.g. head. A run that was followed goes on.'],
];
