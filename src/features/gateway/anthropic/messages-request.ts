import { inspected } from '../inspection/inspected.js';
import { requireFeature } from '../inspection/refusal.js';
import {
  anything,
  dated,
  inlineData,
  jsonSchema,
  kindOf,
  kindThatNeeds,
  kindWith,
  listOf,
  model,
  needs,
  objectOf,
  plain,
  settings,
  textOr,
  truth,
  usualRate,
  type Kind,
  type Rule,
} from '../inspection/rules.js';

const cached = { cache_control: settings };

/** `tool_result` and others hold blocks again. */
const blocks: Rule = (value, at, allowed) => contentOf(value, at, allowed);

const declared = {
  ...cached,
  ...{ name: plain, description: plain, strict: truth, defer_loading: truth, eager_input_streaming: truth },
  ...{ allowed_callers: plain, input_examples: anything },
};

/** Those of the agent's own, and those that Anthropic describes and the agent carries out. */
const CLIENT_TOOLS: readonly Kind[] = [
  kindWith(/^custom$/, { ...declared, input_schema: jsonSchema }),
  kindWith(dated('bash', 'memory', 'text_editor'), { ...declared, max_characters: plain }),
  kindWith(dated('computer'), {
    ...declared,
    ...{ display_width_px: plain, display_height_px: plain, display_number: plain, enable_zoom: truth },
  }),
  kindWith(dated('browser_toolset', 'computer_toolset'), { ...declared, configs: anything }),
  // It looks among the tools of the request alone.
  kindWith(dated('tool_search_tool_bm25', 'tool_search_tool_regex'), declared),
];

const tool = kindOf(
  [
    ...CLIENT_TOOLS,
    kindThatNeeds('WEB_SEARCH', dated('web_search')),
    kindThatNeeds('WEB_FETCH', dated('web_fetch')),
    kindThatNeeds('CODE_EXECUTION', dated('code_execution')),
    kindThatNeeds('REMOTE_MCP', dated('mcp_toolset')),
  ],
  objectOf({ type: plain, ...declared, input_schema: jsonSchema }),
);

/** A tool that is added in the middle of a conversation: by name, or as a whole. */
const changedTool = kindOf([
  kindWith(/^tool_reference$/, { name: plain }),
  kindWith(/^tool_definition$/, { definition: tool }),
  kindThatNeeds('REMOTE_MCP', /^mcp_tool(?:set)?_reference$/),
]);

const source = kindOf([
  kindWith(/^base64$/, { media_type: plain, data: inlineData }),
  kindWith(/^text$/, { media_type: plain, data: plain }),
  kindWith(/^content$/, { content: blocks }),
  kindThatNeeds('URL_SOURCES', /^url$/),
  kindThatNeeds('FILES', /^file$/),
]);

const calledBy = { ...cached, caller: settings, toolset_name: plain };

const serverTool: Rule = (name, at, allowed) => {
  if (name === 'tool_search_tool_bm25' || name === 'tool_search_tool_regex') return;
  if (name === 'web_search') requireFeature('WEB_SEARCH', at, allowed);
  else if (name === 'web_fetch') requireFeature('WEB_FETCH', at, allowed);
  else requireFeature('CODE_EXECUTION', at, allowed);
};

/** What the provider's own tools did, of which the agent keeps a record; the provider may go on where a record ends. */
const SERVER_RECORDS: readonly Kind[] = [
  kindWith(/^server_tool_use$/, { ...calledBy, id: plain, name: serverTool, input: anything }),
  kindWith(/^tool_search_tool_result$/, { ...cached, tool_use_id: plain, content: anything }),
  kindThatNeeds('WEB_SEARCH', /^web_search_tool_result$/),
  kindThatNeeds('WEB_FETCH', /^web_fetch_tool_result$/),
  kindThatNeeds('CODE_EXECUTION', /^(?:(?:bash|text_editor)_)?code_execution_tool_result$/),
  kindThatNeeds('REMOTE_MCP', /^mcp_(?:tool_use|tool_result|tool_listing)$/),
  kindThatNeeds('FILES', /^container_upload$/),
];

const contentOf = textOr(
  listOf(
    kindOf([
      kindWith(/^text$/, { ...cached, text: plain, citations: anything }),
      kindWith(/^image$/, { ...cached, source, transformations: settings }),
      kindWith(/^document$/, { ...cached, source, title: plain, context: plain, citations: settings }),
      kindWith(/^search_result$/, { ...cached, source: plain, title: plain, content: blocks, citations: settings }),
      kindWith(/^thinking$/, { thinking: plain, signature: plain }),
      kindWith(/^redacted_thinking$/, { data: plain }),
      kindWith(/^tool_use$/, { ...calledBy, id: plain, name: plain, input: anything }),
      kindWith(/^tool_result$/, { ...calledBy, tool_use_id: plain, is_error: truth, content: blocks }),
      kindWith(/^tool_reference$/, { ...cached, tool_name: plain }),
      kindWith(/^browser_state$/, { ...cached, tabs: anything, state_changes: anything }),
      kindWith(/^tool_(?:addition|removal)$/, { ...cached, tool: changedTool }),
      kindWith(/^compaction$/, {
        ...{ ...cached, content: plain, encrypted_content: plain, signature: plain, tool_changes: blocks },
      }),
      kindWith(/^fallback$/, { from: settings, to: settings, trigger: anything }),
      ...SERVER_RECORDS,
    ]),
  ),
);

const outputConfig = objectOf({
  effort: plain,
  task_budget: settings,
  format: objectOf({ type: plain, name: plain, schema: jsonSchema }),
});

const speed = usualRate(/^standard$/);

const fallback = objectOf({ model, max_tokens: plain, speed, thinking: settings, output_config: outputConfig });

/** Of POST /v1/messages and of /v1/messages/count_tokens. */
const request = objectOf({
  model,
  messages: listOf(objectOf({ role: plain, content: blocks, output_config: outputConfig, clear_at: plain })),
  system: blocks,
  tools: listOf(tool),
  ...{ max_tokens: plain, stop_sequences: plain, temperature: plain, top_p: plain, top_k: plain, stream: truth },
  ...{ service_tier: usualRate(/^(?:auto|standard_only)$/), speed, inference_geo: plain, ...cached },
  ...{ tool_choice: settings, thinking: settings, metadata: settings, diagnostics: settings, compaction: settings },
  output_config: outputConfig,
  output_format: objectOf({ type: plain, name: plain, schema: jsonSchema }),
  fallbacks: textOr(listOf(fallback)),
  context_management: objectOf({
    edits: listOf(
      kindOf([
        kindWith(dated('clear_tool_uses', 'clear_thinking', 'compact'), {
          ...{ keep: anything, trigger: anything, clear_at_least: anything, exclude_tools: plain },
          ...{ clear_tool_inputs: plain, instructions: plain, pause_after_compaction: truth },
        }),
      ]),
    ),
  }),
  mcp_servers: needs('REMOTE_MCP'),
  container: needs('CODE_EXECUTION'),
  thread: needs('STORED_STATE'),
});

export const inspectMessages = inspected(request);
