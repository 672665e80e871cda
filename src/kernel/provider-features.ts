/**
 * What a provider can do for an agent beyond answering it: each reaches, keeps or runs something on the provider's side, where
 * nothing of a run's confinement holds. An instance allows none unless told.
 */
export const PROVIDER_FEATURES = {
  WEB_SEARCH: 'The provider searches the web; the agent chooses the words.',
  WEB_FETCH: 'The provider fetches pages that the agent names.',
  REMOTE_MCP: 'The provider connects to MCP servers that the agent names.',
  CODE_EXECUTION: 'The provider runs code of the agent in a container of its own.',
  URL_SOURCES: 'Images, documents and schemas may be given by URL, which the provider fetches.',
  FILES: 'Files and stores of files that the provider keeps may be used.',
  STORED_STATE:
    'The provider keeps requests and answers, and continues earlier ones: stored responses, conversations, threads, prompts, cached content.',
  BACKGROUND: 'The provider works on after the call has ended; what it spends then is not counted.',
  IMAGE_GENERATION: 'The provider makes images with another model; what it spends on them is not counted.',
  UNLISTED:
    'Fields, tools and content that this server does not know pass unseen, whatever they do. For a CLI that is newer than the server.',
} as const satisfies Record<string, string>;

export type ProviderFeature = keyof typeof PROVIDER_FEATURES;

export const PROVIDER_FEATURE_NAMES = Object.keys(PROVIDER_FEATURES) as readonly ProviderFeature[];
