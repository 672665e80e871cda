import { rowsOf, type CallCorpus, type HostileRow } from './corpus.js';

const asked = {
  model: 'gpt-x',
  store: false,
  stream: true,
  input: [{ type: 'message', role: 'user', content: 'hello' }],
};
const exec = { type: 'function', name: 'exec', parameters: { type: 'object', properties: {} }, strict: false };
const tools = (...given: readonly object[]) => ({ tools: [exec, ...given] });
const says = (...content: readonly object[]) => ({ input: [{ type: 'message', role: 'user', content }] });
const items = (...given: readonly object[]) => ({ input: [...asked.input, ...given] });
const FAR = 'https://attacker.example/?stolen';

const ROWS: readonly HostileRow[] = [
  ['a tier that is billed higher', 'service_tier', 'UNLISTED', { service_tier: 'priority' }],
  ['web search', 'tools[1].type', 'WEB_SEARCH', tools({ type: 'web_search' })],
  ['web search in the cache', 'tools[1].type', 'WEB_SEARCH', tools({ type: 'web_search', external_web_access: false })],
  ['web search of a date', 'tools[1].type', 'WEB_SEARCH', tools({ type: 'web_search_2025_08_26' })],
  ['web search preview', 'tools[1].type', 'WEB_SEARCH', tools({ type: 'web_search_preview_2025_03_11' })],
  ['a model that searches', 'model', 'WEB_SEARCH', { model: 'gpt-4o-search-preview' }],
  ['a model that researches', 'model', 'WEB_SEARCH', { model: 'o4-mini-deep-research' }],
  ['remote MCP', 'tools[1].type', 'REMOTE_MCP', tools({ type: 'mcp', server_label: 'x', server_url: FAR })],
  [
    'a connector',
    'tools[1].type',
    'REMOTE_MCP',
    tools({ type: 'mcp', server_label: 'x', connector_id: 'connector_gmail' }),
  ],
  ['file search', 'tools[1].type', 'FILES', tools({ type: 'file_search', vector_store_ids: ['vs'] })],
  [
    'code interpreter',
    'tools[1].type',
    'CODE_EXECUTION',
    tools({ type: 'code_interpreter', container: { type: 'auto' } }),
  ],
  ['tools called by a program', 'tools[1].type', 'CODE_EXECUTION', tools({ type: 'programmatic_tool_calling' })],
  [
    'a hosted shell',
    'tools[1].environment.type',
    'CODE_EXECUTION',
    tools({ type: 'shell', environment: { type: 'container_auto' } }),
  ],
  ['a shell that says nothing', 'tools[1]', 'CODE_EXECUTION', tools({ type: 'shell' })],
  ['image generation', 'tools[1].type', 'IMAGE_GENERATION', tools({ type: 'image_generation' })],
  ['a tool that nobody knows', 'tools[1].type', 'UNLISTED', tools({ type: 'telepathy' })],
  ['a tool without a type', 'tools[1].type', undefined, tools({ server_url: FAR })],
  [
    'a hosted tool in a namespace',
    'tools[1].tools[0].type',
    'UNLISTED',
    tools({ type: 'namespace', name: 'n', tools: [{ type: 'mcp' }] }),
  ],
  [
    'a tool of the input',
    'input[1].tools[0].type',
    'WEB_SEARCH',
    items({ type: 'additional_tools', role: 'developer', tools: [{ type: 'web_search' }] }),
  ],
  [
    'a tool of a namespace of the input',
    'input[1].tools[0].tools[0].type',
    'UNLISTED',
    items({
      type: 'additional_tools',
      role: 'developer',
      tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'web_search' }] }],
    }),
  ],
  [
    'a tool that a search found',
    'input[1].tools[0].type',
    'REMOTE_MCP',
    items({ type: 'tool_search_output', tools: [{ type: 'mcp', server_url: FAR }] }),
  ],
  ['a choice of web search', 'tool_choice.type', 'WEB_SEARCH', { tool_choice: { type: 'web_search_preview' } }],
  ['background mode', 'background', 'BACKGROUND', { background: true }],
  ['background mode as a text', 'background', 'BACKGROUND', { background: 'true' }],
  ['storing', 'store', 'STORED_STATE', { store: true }],
  ['storing as a number', 'store', 'STORED_STATE', { store: 1 }],
  ['storing in capitals', 'Store', undefined, { Store: true }],
  ['an earlier response', 'previous_response_id', 'STORED_STATE', { previous_response_id: 'resp_1' }],
  ['a conversation', 'conversation', 'STORED_STATE', { conversation: { id: 'conv_1' } }],
  ['a kept prompt', 'prompt', 'STORED_STATE', { prompt: { id: 'pmpt_1' } }],
  ['a reference', 'input[1].type', 'STORED_STATE', items({ type: 'item_reference', id: 'rs_1' })],
  ['a reference without a type', 'input[1]', undefined, items({ id: 'rs_1' })],
  ['a reference with nothing for a type', 'input[1]', undefined, items({ type: null, id: 'rs_1' })],
  ['an image by URL', 'input[0].content[0].image_url', 'URL_SOURCES', says({ type: 'input_image', image_url: FAR })],
  [
    'an image by URL behind a space',
    'input[0].content[0].image_url',
    'URL_SOURCES',
    says({ type: 'input_image', image_url: ` ${FAR}` }),
  ],
  ['an image by id', 'input[0].content[0].file_id', 'FILES', says({ type: 'input_image', file_id: 'file-1' })],
  ['a file by URL', 'input[0].content[0].file_url', 'URL_SOURCES', says({ type: 'input_file', file_url: FAR })],
  [
    'a file by URL as data',
    'input[0].content[0].file_data',
    'URL_SOURCES',
    says({ type: 'input_file', file_data: FAR }),
  ],
  [
    'a file by URL behind line feeds',
    'input[0].content[0].file_data',
    'URL_SOURCES',
    says({ type: 'input_file', file_data: `\n\n${FAR}` }),
  ],
  ['a file by id', 'input[0].content[0].file_id', 'FILES', says({ type: 'input_file', file_id: 'file-1' })],
  [
    'an image by URL from a tool',
    'input[1].output[0].image_url',
    'URL_SOURCES',
    items({ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: FAR }] }),
  ],
  [
    'a screenshot by URL',
    'input[1].output[0].image_url',
    'URL_SOURCES',
    items({ type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot', image_url: FAR } }),
  ],
  [
    'a call in a container',
    'input[1].environment.type',
    'CODE_EXECUTION',
    items({ type: 'shell_call', call_id: 'c', environment: { type: 'container_reference', container_id: 'x' } }),
  ],
  [
    'approval of MCP',
    'input[1].type',
    'REMOTE_MCP',
    items({ type: 'mcp_approval_response', approval_request_id: 'x', approve: true }),
  ],
  ['a field that nobody knows', 'webhook', 'UNLISTED', { webhook: { url: FAR } }],
  ['streaming as a text', 'stream', undefined, { stream: 'true' }],
];

export const OPENAI_RESPONSES: CallCorpus = {
  provider: 'openai',
  path: '/openai/v1/responses',
  hostile: rowsOf(asked, ROWS),
  benign: {
    'a plain request': JSON.stringify(asked),
    'a text alone': JSON.stringify({ model: 'gpt-x', store: false, input: 'hello' }),
    'the tools of the agent': JSON.stringify({
      ...asked,
      ...tools(
        ...[
          {
            type: 'custom',
            name: 'apply_patch',
            description: 'd',
            format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
          },
        ],
        ...[
          { type: 'tool_search', execution: 'client', description: 'd', parameters: {} },
          { type: 'local_shell' },
          { type: 'apply_patch' },
        ],
        ...[
          { type: 'shell', environment: { type: 'local' } },
          { type: 'computer_use_preview', display_width: 1, display_height: 1, environment: 'linux' },
        ],
      ),
    }),
    'what a conversation holds': JSON.stringify({
      ...asked,
      instructions: 'You are…',
      input: [
        {
          type: 'additional_tools',
          id: 'at_1',
          role: 'developer',
          tools: [
            {
              type: 'namespace',
              name: 'functions',
              description: '',
              tools: [
                exec,
                { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: '' } },
              ],
            },
          ],
        },
        { role: 'system', content: 'untyped' },
        {
          type: 'message',
          id: 'm',
          role: 'user',
          content: [
            { type: 'input_text', text: 'https://example.com' },
            { type: 'input_image', image_url: 'data:image/png;base64,QQ==', detail: 'auto' },
          ],
        },
        { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: 's' }], encrypted_content: 'e' },
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [
            { type: 'output_text', text: 'o', annotations: [{ type: 'url_citation', url: 'https://a.example' }] },
          ],
        },
        {
          type: 'function_call',
          call_id: 'c',
          name: 'exec',
          arguments: '{"type":"web_search"}',
          id: 'f',
          status: 'completed',
        },
        { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 't' }] },
        { type: 'custom_tool_call', call_id: 'd', name: 'apply_patch', input: '*** Begin' },
        { type: 'custom_tool_call_output', call_id: 'd', output: 'done' },
        { type: 'compaction_trigger' },
      ],
      reasoning: { effort: 'medium', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
      include: ['reasoning.encrypted_content'],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      prompt_cache_key: 'k',
      client_metadata: { 'x-codex-window-id': 'w:0' },
      background: false,
      previous_response_id: null,
    }),
  },
};
