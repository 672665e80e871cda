/** What may go wrong on request, by how the name of the model that is asked for ends: `mock-429`, `gpt-5-mock-cut` … */
export const MOCK_FAULTS = {
  '429': "refused because of the provider's limits, with retry-after",
  '500': 'the provider failed',
  late: 'nothing for a while, then the answer',
  slow: 'the answer, in pieces that come slowly',
  cut: 'the first half of the answer, then the connection ends',
  stall: 'the first half of the answer, then nothing',
  hang: 'nothing, until the caller goes away',
} as const satisfies Record<string, string>;

export type MockFault = keyof typeof MOCK_FAULTS;

/** The fault that a model's name asks for; undefined for any other name. */
export function faultOf(model = ''): MockFault | undefined {
  const name = /(?:^|[-/])mock-([0-9a-z]+)$/.exec(model)?.[1] ?? '';
  return Object.hasOwn(MOCK_FAULTS, name) ? (name as MockFault) : undefined;
}
