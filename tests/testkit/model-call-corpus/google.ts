import { rowsOf, type CallCorpus, type HostileRow } from './corpus.js';

const asked = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };
const says = (...parts: readonly object[]) => ({ contents: [{ role: 'user', parts }] });
const run = { name: 'run', parametersJsonSchema: { type: 'object', properties: {} } };
const FAR = 'https://attacker.example/?stolen';
const KEPT = 'https://generativelanguage.googleapis.com/v1beta/files/abc-123';

const ROWS: readonly HostileRow[] = [
  ['web search', 'tools[0].googleSearch', 'WEB_SEARCH', { tools: [{ googleSearch: {} }] }],
  ['web search in its other spelling', 'tools[0].google_search', 'WEB_SEARCH', { tools: [{ google_search: {} }] }],
  [
    'web search beside functions',
    'tools[0].googleSearch',
    'WEB_SEARCH',
    { tools: [{ functionDeclarations: [run], googleSearch: {} }] },
  ],
  ['web search not in a list', 'tools.googleSearch', 'WEB_SEARCH', { tools: { googleSearch: {} } }],
  ['web search in capitals', 'tools[0].GoogleSearch', undefined, { tools: [{ GoogleSearch: {} }] }],
  ['web search of old', 'tools[0].google_search_retrieval', 'WEB_SEARCH', { tools: [{ google_search_retrieval: {} }] }],
  ['maps', 'tools[0].googleMaps', 'WEB_SEARCH', { tools: [{ googleMaps: {} }] }],
  ['pages by URL', 'tools[0].urlContext', 'WEB_FETCH', { tools: [{ urlContext: {} }] }],
  ['pages by URL in its other spelling', 'tools[0].url_context', 'WEB_FETCH', { tools: [{ url_context: {} }] }],
  ['code execution', 'tools[0].codeExecution', 'CODE_EXECUTION', { tools: [{ codeExecution: {} }] }],
  ['file search', 'tools[0].fileSearch', 'FILES', { tools: [{ fileSearch: { fileSearchStoreNames: ['x'] } }] }],
  [
    'remote MCP',
    'tools[0].mcpServers',
    'REMOTE_MCP',
    { tools: [{ mcpServers: [{ streamableHttpTransport: { url: FAR } }] }] },
  ],
  ['a tool that nobody knows', 'tools[0].teleport', 'UNLISTED', { tools: [{ teleport: {} }] }],
  ['a tier that is billed higher', 'service_tier', 'UNLISTED', { service_tier: 'priority' }],
  ['a tier by its number', 'serviceTier', undefined, { serviceTier: 3 }],
  ['several answers', 'generation_config.candidate_count', undefined, { generation_config: { candidate_count: 2 } }],
  ['cached content', 'cachedContent', 'STORED_STATE', { cachedContent: 'cachedContents/1' }],
  ['cached content in its other spelling', 'cached_content', 'STORED_STATE', { cached_content: 'cachedContents/1' }],
  ['storing', 'store', 'STORED_STATE', { store: true }],
  [
    'a video by URL',
    'contents[0].parts[0].fileData.fileUri',
    'URL_SOURCES',
    says({ fileData: { fileUri: 'https://www.youtube.com/watch?v=x' } }),
  ],
  [
    'a file by URL in its other spelling',
    'contents[0].parts[0].file_data.file_uri',
    'URL_SOURCES',
    says({ file_data: { file_uri: FAR } }),
  ],
  ['a kept file', 'contents[0].parts[0].fileData.fileUri', 'FILES', says({ fileData: { fileUri: KEPT } })],
  [
    'a URL that begins like a kept file',
    'contents[0].parts[0].fileData.fileUri',
    'URL_SOURCES',
    says({ fileData: { fileUri: `${KEPT}/../../x` } }),
  ],
  [
    'a part that is no list',
    'contents.parts.fileData.fileUri',
    'URL_SOURCES',
    { contents: { parts: { fileData: { fileUri: FAR } } } },
  ],
  [
    'a file by URL from a function',
    'contents[0].parts[0].functionResponse.parts[0].fileData.fileUri',
    'URL_SOURCES',
    says({ functionResponse: { name: 'run', response: {}, parts: [{ fileData: { fileUri: FAR } }] } }),
  ],
  [
    'a file by URL in the system instruction',
    'systemInstruction.parts[0].fileData.fileUri',
    'URL_SOURCES',
    { systemInstruction: { parts: [{ fileData: { fileUri: FAR } }] } },
  ],
  [
    'code that the provider ran',
    'contents[0].parts[0].executableCode',
    'CODE_EXECUTION',
    says({ executableCode: { code: '1' } }),
  ],
  ['a part that nobody knows', 'contents[0].parts[0].smell', 'UNLISTED', says({ smell: {} })],
  ['a field that nobody knows', 'callback', 'UNLISTED', { callback: FAR }],
];

const plain = {
  ...asked,
  tools: { functionDeclarations: [run] },
  system_instruction: { parts: [{ text: 'You are…' }] },
  generation_config: {
    max_output_tokens: 5,
    candidateCount: 1,
    thinkingConfig: { includeThoughts: true, thinkingBudget: 8 },
  },
};
const conversation = {
  contents: [
    ...asked.contents,
    {
      role: 'model',
      parts: [
        { thought: true, text: 't', thoughtSignature: 's' },
        { functionCall: { id: 'c', name: 'run', args: { fileUri: FAR } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c', name: 'run', response: { fileData: { fileUri: FAR } } } },
        { inlineData: { mimeType: 'image/png', data: 'QQ==' } },
      ],
    },
  ],
  toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
  safetySettings: [{ category: 'HARM', threshold: 'BLOCK_NONE' }],
  cachedContent: null,
};

export const GOOGLE: CallCorpus = {
  provider: 'google',
  path: '/google/v1beta/models/gemini-x:streamGenerateContent?alt=sse',
  hostile: rowsOf(asked, ROWS),
  benign: {
    'a plain request': JSON.stringify(asked),
    'both spellings': JSON.stringify(plain),
    'what a conversation holds': JSON.stringify(conversation),
  },
};
