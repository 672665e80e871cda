import { rowsOf, type CallCorpus, type HostileRow } from './corpus.js';

const asked = { model: 'gpt-x', messages: [{ role: 'user', content: 'hello' }] };
const exec = { type: 'function', function: { name: 'exec', parameters: { type: 'object', properties: {} } } };
const says = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] });
const FAR = 'https://attacker.example/?stolen';

const ROWS: readonly HostileRow[] = [
  ['web search', 'web_search_options', 'WEB_SEARCH', { web_search_options: {} }],
  ['a model that searches', 'model', 'WEB_SEARCH', { model: 'gpt-4o-mini-search-preview-2025-03-11' }],
  ['a model that is online', 'model', 'WEB_SEARCH', { model: 'openai/gpt-4o:online' }],
  ['a web search tool', 'tools[1].type', 'WEB_SEARCH', { tools: [exec, { type: 'web_search' }] }],
  ['remote MCP', 'tools[1].type', 'REMOTE_MCP', { tools: [exec, { type: 'mcp', server_url: FAR }] }],
  ['a tool that nobody knows', 'tools[1].type', 'UNLISTED', { tools: [exec, { type: 'retrieval' }] }],
  ['a tier that is billed higher', 'service_tier', 'UNLISTED', { service_tier: 'priority' }],
  [
    'usage in another spelling',
    'stream_options.INCLUDE_USAGE',
    undefined,
    { stream: true, stream_options: { include_usage: true, INCLUDE_USAGE: false } },
  ],
  ['storing', 'store', 'STORED_STATE', { store: true }],
  [
    'an answer that is kept',
    'messages[0].audio',
    'STORED_STATE',
    { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] },
  ],
  [
    'an image by URL',
    'messages[0].content[0].image_url.url',
    'URL_SOURCES',
    says({ type: 'image_url', image_url: { url: FAR } }),
  ],
  [
    'an image by URL, short',
    'messages[0].content[0].image_url',
    'URL_SOURCES',
    says({ type: 'image_url', image_url: FAR }),
  ],
  ['a file by id', 'messages[0].content[0].file.file_id', 'FILES', says({ type: 'file', file: { file_id: 'file-1' } })],
  [
    'a file by URL',
    'messages[0].content[0].file.file_data',
    'URL_SOURCES',
    says({ type: 'file', file: { file_data: FAR } }),
  ],
  ['a video', 'messages[0].content[0].type', 'UNLISTED', says({ type: 'video_url', video_url: { url: FAR } })],
  ['plugins of a router', 'plugins', 'UNLISTED', { plugins: [{ id: 'web' }] }],
  [
    'a schema that lies elsewhere',
    'response_format.json_schema.schema.$ref',
    'URL_SOURCES',
    { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { $ref: FAR } } } },
  ],
  ['streaming as a number, uncounted', 'stream', undefined, { stream: 1 }],
  ['streaming in capitals, uncounted', 'Stream', undefined, { Stream: true }],
];

export const OPENAI_CHAT: CallCorpus = {
  provider: 'openai',
  path: '/openai/v1/chat/completions',
  hostile: rowsOf(asked, ROWS),
  benign: {
    'a plain request': JSON.stringify(asked),
    'a stream with usage': `{"stream":true, "stream_options":{"include_usage":true},"messages":[]}`,
    'what a conversation holds': JSON.stringify({
      ...asked,
      messages: [
        { role: 'system', content: 'You are…' },
        {
          role: 'user',
          content: [
            { type: 'text', text: FAR },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,QQ==', detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'exec', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'done' },
      ],
      tools: [exec],
      tool_choice: { type: 'function', function: { name: 'exec' } },
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { $ref: '#/$defs/a' } } },
      ...{
        service_tier: 'auto',
        max_tokens: 5,
        temperature: 0.1,
        stop: ['a'],
        store: false,
        logit_bias: { 50256: -100 },
      },
    }),
  },
};
