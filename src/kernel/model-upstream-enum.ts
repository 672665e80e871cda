import { registerEnumType } from 'type-graphql';
import { enumOf } from './enum-of.js';

export type ModelUpstreamKind = 'MOCK' | 'HTTP';

/** What answers model calls, as GraphQL names it. */
export const ModelUpstreamKindEnum = enumOf<ModelUpstreamKind>(['MOCK', 'HTTP']);

registerEnumType(ModelUpstreamKindEnum, {
  name: 'ModelUpstreamKind',
  description: 'What answered the model calls.',
  valuesConfig: {
    MOCK: { description: 'The built-in script: no model was asked.' },
    HTTP: { description: 'The real provider.' },
  },
});
