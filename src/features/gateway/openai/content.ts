import {
  anything,
  dated,
  jsonSchema,
  kindThatNeeds,
  kindWith,
  objectOf,
  plain,
  settings,
  truth,
  type Kind,
} from '../inspection/rules.js';

/** What the agent describes and carries out itself. */
export const declared = {
  ...{ name: plain, description: plain, strict: truth, defer_loading: truth, allowed_callers: plain },
  ...{ parameters: jsonSchema, output_schema: jsonSchema },
};

/** What a tool of free text takes: a text, or what a grammar allows. */
export const format = objectOf({ type: plain, definition: plain, syntax: plain, grammar: settings });

/** Of an answer that must follow a schema. */
export const answerFormat = { name: plain, description: plain, schema: jsonSchema, strict: truth };

/** Tools that the provider carries out, or lets others carry out. */
export const HOSTED_TOOLS: readonly Kind[] = [
  kindThatNeeds('WEB_SEARCH', dated('web_search', 'web_search_preview')),
  kindThatNeeds('REMOTE_MCP', /^mcp$/),
  kindThatNeeds('FILES', /^file_search$/),
  kindThatNeeds('CODE_EXECUTION', /^(?:code_interpreter|programmatic_tool_calling)$/),
  kindThatNeeds('IMAGE_GENERATION', /^image_generation$/),
];

/** Without settings, or with plain ones: the agent's computer, shell and files. */
export const CLIENT_TOOLS: readonly Kind[] = [
  kindWith(/^computer(?:_use_preview)?$/, { display_width: plain, display_height: plain, environment: plain }),
  kindWith(/^local_shell$/, {}),
  kindWith(/^apply_patch$/, { allowed_callers: plain }),
  kindWith(/^tool_search$/, { execution: plain, description: plain, parameters: anything }),
];
