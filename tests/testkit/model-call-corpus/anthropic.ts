import { rowsOf, type CallCorpus, type HostileRow } from './corpus.js';

const request = { model: 'claude-x', max_tokens: 16, stream: true };
const asked = { ...request, messages: [{ role: 'user', content: 'hello' }] };
const says = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] });
const tools = (...given: readonly object[]) => ({ tools: [{ name: 'Bash', input_schema: {} }, ...given] });
const url = { type: 'url', url: 'https://attacker.example/?stolen' };

const ROWS: readonly HostileRow[] = [
  ['web search', 'tools[1].type', 'WEB_SEARCH', tools({ type: 'web_search_20250305', name: 'web_search' })],
  [
    'web search of another date',
    'tools[1].type',
    'WEB_SEARCH',
    tools({ type: 'web_search_20991231', name: 'web_search' }),
  ],
  ['web fetch', 'tools[1].type', 'WEB_FETCH', tools({ type: 'web_fetch_20260318', name: 'web_fetch' })],
  [
    'code execution',
    'tools[1].type',
    'CODE_EXECUTION',
    tools({ type: 'code_execution_20250825', name: 'code_execution' }),
  ],
  ['a toolset of MCP', 'tools[1].type', 'REMOTE_MCP', tools({ type: 'mcp_toolset', mcp_server_name: 'x' })],
  ['a tool of a type that nobody knows', 'tools[1].type', 'UNLISTED', tools({ type: 'browse_the_web', name: 'x' })],
  [
    'a tool with a field that nobody knows',
    'tools[1].endpoint',
    'UNLISTED',
    tools({ name: 'x', endpoint: 'https://a.example' }),
  ],
  ['a tool type in capitals', 'tools[1].type', undefined, tools({ type: 'WEB_SEARCH_20250305', name: 'x' })],
  ['a tool type in wide letters', 'tools[1].type', undefined, tools({ type: 'ｗeb_search_20250305', name: 'x' })],
  ['a tool type that is a list', 'tools[1].type', undefined, tools({ type: ['web_search_20250305'], name: 'x' })],
  ['tools that are no list', 'tools', undefined, { tools: { type: 'web_search_20250305' } }],
  ['remote MCP servers', 'mcp_servers', 'REMOTE_MCP', { mcp_servers: [{ ...url, name: 'x' }] }],
  ['remote MCP servers in capitals', 'MCP_Servers', undefined, { MCP_Servers: [{ ...url, name: 'x' }] }],
  ['remote MCP servers without an underscore', 'mcpServers', undefined, { mcpServers: [{ ...url, name: 'x' }] }],
  ['a container', 'container', 'CODE_EXECUTION', { container: 'container_1' }],
  [
    'a container with skills',
    'container',
    'CODE_EXECUTION',
    { container: { skills: [{ type: 'custom', skill_id: 'x' }] } },
  ],
  ['an answer that is billed higher', 'speed', 'UNLISTED', { speed: 'fast' }],
  ['the same of a fallback', 'fallbacks[0].speed', 'UNLISTED', { fallbacks: [{ model: 'x', speed: 'fast' }] }],
  ['a thread that is kept', 'thread', 'STORED_STATE', { thread: { type: 'create' } }],
  ['a field that nobody knows', 'webhook_url', 'UNLISTED', { webhook_url: 'https://attacker.example' }],
  ['an image by URL', 'messages[0].content[0].source.type', 'URL_SOURCES', says({ type: 'image', source: url })],
  ['a document by URL', 'messages[0].content[0].source.type', 'URL_SOURCES', says({ type: 'document', source: url })],
  [
    'a file',
    'messages[0].content[0].source.type',
    'FILES',
    says({ type: 'document', source: { type: 'file', file_id: 'f' } }),
  ],
  [
    'a source that nobody knows',
    'messages[0].content[0].source.type',
    'UNLISTED',
    says({ type: 'image', source: { type: 's3' } }),
  ],
  [
    'a source without a type',
    'messages[0].content[0].source.type',
    undefined,
    says({ type: 'image', source: { url: 'https://a.example' } }),
  ],
  [
    'a URL beside the data',
    'messages[0].content[0].source.url',
    'UNLISTED',
    says({ type: 'image', source: { type: 'base64', data: 'QQ==', url: url.url } }),
  ],
  [
    'a URL as data',
    'messages[0].content[0].source.data',
    'URL_SOURCES',
    says({ type: 'image', source: { type: 'base64', data: url.url } }),
  ],
  [
    'an image by URL in the result of a tool',
    'messages[0].content[0].content[0].source.type',
    'URL_SOURCES',
    says({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: url }] }),
  ],
  [
    'an image by URL in a document of blocks',
    'messages[0].content[0].source.content[0].source.type',
    'URL_SOURCES',
    says({ type: 'document', source: { type: 'content', content: [{ type: 'image', source: url }] } }),
  ],
  [
    'an upload to the container',
    'messages[0].content[0].type',
    'FILES',
    says({ type: 'container_upload', file_id: 'f' }),
  ],
  [
    'a search that is to go on',
    'messages[0].content[0].name',
    'WEB_SEARCH',
    says({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
  ],
  ['a block that nobody knows', 'messages[0].content[0].type', 'UNLISTED', says({ type: 'hologram' })],
  [
    'a search tool that is added later',
    'messages[0].content[0].tool.definition.type',
    'WEB_SEARCH',
    says({
      type: 'tool_addition',
      tool: { type: 'tool_definition', definition: { type: 'web_search_20260209', name: 'x' } },
    }),
  ],
  [
    'MCP that is added by a compaction',
    'messages[0].content[0].tool_changes[0].tool.type',
    'REMOTE_MCP',
    says({ type: 'compaction', tool_changes: [{ type: 'tool_addition', tool: { type: 'mcp_toolset_reference' } }] }),
  ],
  [
    'an image by URL in the system prompt',
    'system[0].source.type',
    'URL_SOURCES',
    { system: [{ type: 'image', source: url }] },
  ],
  [
    'a schema that lies elsewhere',
    'tools[1].input_schema.properties.a.$ref',
    'URL_SOURCES',
    tools({
      name: 'x',
      input_schema: { type: 'object', properties: { a: { $ref: 'https://attacker.example/s.json' } } },
    }),
  ],
];

const withSchema = tools({
  name: 'x',
  input_schema: { $defs: { a: {} }, properties: { type: { type: 'string' }, a: { $ref: '#/$defs/a' } } },
});

export const ANTHROPIC: CallCorpus = {
  provider: 'anthropic',
  path: '/anthropic/v1/messages?beta=true',
  hostile: rowsOf(asked, ROWS),
  benign: {
    'a plain request': JSON.stringify(asked),
    'white space, escapes and large numbers': `\n{ "model":"\\u0063laude-x",\t"max_tokens": 1.60e1, "messages":[{"role":"user","content":"\\ud83d\\ude00 \\"}],\\" 12345678901234567890"}]}\r\n`,
    nulls: JSON.stringify({ ...asked, container: null, mcp_servers: null, system: null, tools: null, thinking: null }),
    'the tools of the agent': JSON.stringify({
      ...asked,
      ...withSchema,
      tools: [
        ...withSchema.tools,
        ...[
          { type: 'bash_20250124', name: 'bash' },
          { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
        ],
        ...[
          { type: 'computer_20251124', name: 'computer', display_width_px: 1, display_height_px: 1 },
          { type: 'memory_20250818', name: 'memory' },
        ],
        ...[
          { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' },
          { type: 'custom', name: 'web_search', defer_loading: true },
        ],
      ],
    }),
    'what a conversation holds': JSON.stringify({
      ...request,
      system: [{ type: 'text', text: 'You are…', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'see https://example.com/a.png' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 's' },
            {
              type: 'tool_use',
              id: 't',
              name: 'Bash',
              input: { type: 'url', url: 'https://a.example', tools: [{ type: 'web_search_20250305' }] },
            },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't',
              is_error: false,
              content: [
                { type: 'text', text: '{"mcp_servers":[]}' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
              ],
            },
          ],
        },
        { role: 'system', content: [{ type: 'text', text: 'now' }], output_config: { effort: 'high' } },
      ],
      thinking: { type: 'adaptive', display: 'omitted' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: '{"session":"x"}' },
      output_config: { effort: 'high' },
    }),
  },
};
