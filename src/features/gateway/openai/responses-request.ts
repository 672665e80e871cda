import { inspected } from '../inspection/inspected.js';
import type { Json } from '../json-values.js';
import { malformed, requireFeature, type AllowedFeatures } from '../inspection/refusal.js';
import {
  anything,
  dataUrl,
  inlineData,
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
} from '../inspection/rules.js';
import { answerFormat, CLIENT_TOOLS, declared, format, HOSTED_TOOLS } from './content.js';

const FUNCTIONS: readonly Kind[] = [kindWith(/^function$/, declared), kindWith(/^custom$/, { ...declared, format })];

/** A shell is the agent's own only when it says so: left out, or by reference, it is a container of the provider's. */
const environment = kindOf([
  kindWith(/^local$/, { skills: listOf(settings) }),
  kindThatNeeds('CODE_EXECUTION', /^container_(?:auto|reference)$/),
]);
const shellFields = objectOf({ type: plain, allowed_callers: plain, environment });
const shell: Kind = [
  /^shell$/,
  (value, at, allowed) => {
    shellFields(value, at, allowed);
    if (((value as Json).environment ?? null) === null) requireFeature('CODE_EXECUTION', at, allowed);
  },
];

const tool = kindOf([
  ...FUNCTIONS,
  kindWith(/^namespace$/, { name: plain, description: plain, tools: listOf(kindOf(FUNCTIONS)) }),
  ...CLIENT_TOOLS,
  shell,
  ...HOSTED_TOOLS,
]);

const stored = { file_id: needs('FILES'), prompt_cache_breakpoint: settings };

const content = textOr(
  listOf(
    kindOf([
      kindWith(/^(?:input_text|output_text|text|summary_text|reasoning_text)$/, {
        ...{ text: plain, annotations: anything, logprobs: anything, prompt_cache_breakpoint: settings },
      }),
      kindWith(/^refusal$/, { refusal: plain }),
      kindWith(/^encrypted_content$/, { encrypted_content: plain }),
      kindWith(/^(?:input_image|computer_screenshot)$/, { ...stored, image_url: dataUrl, detail: plain }),
      kindWith(/^input_file$/, {
        ...stored,
        ...{ filename: plain, detail: plain, file_data: inlineData, file_url: needs('URL_SOURCES') },
      }),
      kindWith(/^input_audio$/, { input_audio: objectOf({ data: inlineData, format: plain }) }),
    ]),
  ),
);

const item = { id: plain, status: plain };
const call = { ...item, call_id: plain, name: plain, namespace: plain, caller: settings };
const message = { ...item, role: plain, phase: plain, content };

/** A record of what the agent's own tools were asked and said. */
const CLIENT_ITEMS: readonly Kind[] = [
  kindWith(/^function_call$/, { ...call, arguments: plain }),
  kindWith(/^custom_tool_call$/, { ...call, input: plain }),
  kindWith(/^(?:function|custom_tool)_call_output$/, { ...call, output: content }),
  kindWith(/^tool_search_call$/, { ...call, arguments: anything, execution: plain }),
  kindWith(/^tool_search_output$/, { ...call, tools: listOf(tool), execution: plain }),
  kindWith(/^local_shell_call$/, { ...call, action: anything }),
  kindWith(/^local_shell_call_output$/, { ...call, output: plain }),
  kindWith(/^shell_call$/, { ...call, action: anything, environment }),
  kindWith(/^shell_call_output$/, { ...call, output: anything, max_output_length: plain }),
  kindWith(/^apply_patch_call$/, { ...call, operation: settings }),
  kindWith(/^apply_patch_call_output$/, { ...call, output: plain }),
  kindWith(/^computer_call$/, { ...call, action: anything, actions: anything, pending_safety_checks: anything }),
  kindWith(/^computer_call_output$/, {
    ...{ ...call, output: (value, at, allowed) => content([value], at, allowed), acknowledged_safety_checks: anything },
  }),
];

/** What the provider's own tools did. */
const HOSTED_ITEMS: readonly Kind[] = [
  kindThatNeeds('WEB_SEARCH', /^web_search_call$/),
  kindThatNeeds('FILES', /^file_search_call$/),
  kindThatNeeds('CODE_EXECUTION', /^(?:code_interpreter_call|program|program_output)$/),
  kindThatNeeds('IMAGE_GENERATION', /^image_generation_call$/),
  kindThatNeeds('REMOTE_MCP', /^mcp_(?:call|list_tools|approval_request|approval_response)$/),
  kindThatNeeds('STORED_STATE', /^item_reference$/),
];

const messageFields = objectOf({ type: plain, ...message });
const inputItem = kindOf(
  [
    kindWith(/^message$/, message),
    kindWith(/^agent_message$/, { ...item, author: plain, recipient: plain, content }),
    kindWith(/^reasoning$/, { ...item, summary: content, content, encrypted_content: plain }),
    kindWith(/^(?:compaction|context_compaction|compaction_summary)$/, { ...item, encrypted_content: plain }),
    kindWith(/^compaction_trigger$/, item),
    kindWith(/^additional_tools$/, { ...item, role: plain, tools: listOf(tool) }),
    ...CLIENT_ITEMS,
    ...HOSTED_ITEMS,
  ],
  (value, at, allowed) => {
    const { role, content: said } = value as Json;
    // An id alone refers to an item that the provider keeps.
    if (typeof role !== 'string' || said === undefined) throw malformed(at, 'a type, or a message');
    messageFields(value, at, allowed);
  },
);

const toolChoice = kindOf([
  kindWith(/^(?:function|custom|apply_patch|shell|local_shell|tool_search)$/, { name: plain, namespace: plain }),
  kindWith(/^allowed_tools$/, { mode: plain, tools: listOf(settings) }),
  kindWith(/^computer(?:_use_preview|_use)?$/, {}),
  ...HOSTED_TOOLS,
]);

const request = objectOf({
  model,
  input: textOr(listOf(inputItem)),
  tools: listOf(tool),
  tool_choice: textOr(toolChoice),
  text: objectOf({
    verbosity: plain,
    format: kindOf([kindWith(/^(?:text|json_object)$/, {}), kindWith(/^json_schema$/, answerFormat)]),
  }),
  ...{
    instructions: plain,
    max_output_tokens: plain,
    max_tool_calls: plain,
    parallel_tool_calls: truth,
    stream: truth,
  },
  ...{ temperature: plain, top_p: plain, top_logprobs: plain, truncation: plain, include: plain, user: plain },
  ...{
    service_tier: usualRate(/^(?:auto|default|flex)$/),
    safety_identifier: plain,
    prompt_cache_key: plain,
    prompt_cache_retention: plain,
  },
  ...{ reasoning: settings, metadata: settings, client_metadata: settings, stream_options: settings },
  ...{ prompt_cache_options: settings, context_management: listOf(settings) },
  background: needs('BACKGROUND'),
  store: needs('STORED_STATE'),
  previous_response_id: needs('STORED_STATE'),
  conversation: needs('STORED_STATE'),
  prompt: needs('STORED_STATE'),
});

/** Responses are kept for 30 days unless that is declined; who says nothing does not ask for it. */
const declineStoring = (asked: Json, allowed: AllowedFeatures): Json | undefined =>
  (asked.store ?? null) === null && !allowed.has('STORED_STATE') ? { store: false } : undefined;

export const inspectResponse = inspected(request, declineStoring);
