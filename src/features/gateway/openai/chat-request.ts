import { inspected } from '../inspection/inspected.js';
import {
  anything,
  dataUrl,
  inlineData,
  kindOf,
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
  type Rule,
} from '../inspection/rules.js';
import { asObject, type Json } from '../json-values.js';
import { answerFormat, declared, format, HOSTED_TOOLS } from './content.js';

const cached = { cache_control: settings, prompt_cache_breakpoint: settings };

const imageUrl: Rule = (value, at, allowed) => {
  if (typeof value === 'string') dataUrl(value, at, allowed);
  else objectOf({ url: dataUrl, detail: plain })(value, at, allowed);
};

const content = textOr(
  listOf(
    kindOf([
      kindWith(/^text$/, { ...cached, text: plain }),
      kindWith(/^refusal$/, { refusal: plain }),
      kindWith(/^image_url$/, { ...cached, image_url: imageUrl }),
      kindWith(/^input_audio$/, { ...cached, input_audio: objectOf({ data: inlineData, format: plain }) }),
      kindWith(/^file$/, {
        ...cached,
        file: objectOf({ filename: plain, file_data: inlineData, file_id: needs('FILES') }),
      }),
    ]),
  ),
);

const toolCall = objectOf({
  ...{ id: plain, type: plain, index: plain, function: settings, custom: settings },
  extra_content: anything,
});

const message = objectOf({
  ...{ role: plain, name: plain, content, refusal: plain, tool_call_id: plain, tool_calls: listOf(toolCall) },
  ...{
    function_call: settings,
    reasoning: plain,
    reasoning_content: plain,
    reasoning_details: anything,
    annotations: anything,
  },
  // By its id: an earlier answer that the provider keeps.
  audio: needs('STORED_STATE'),
});

const aFunction = objectOf(declared);
const tool = kindOf([
  kindWith(/^function$/, { ...cached, function: aFunction }),
  kindWith(/^custom$/, { ...cached, custom: objectOf({ ...declared, format }) }),
  ...HOSTED_TOOLS,
]);

const toolChoice = kindOf([
  kindWith(/^(?:function|custom)$/, { function: settings, custom: settings }),
  kindWith(/^allowed_tools$/, { allowed_tools: objectOf({ mode: plain, tools: listOf(anything) }) }),
]);

/** In no other spelling: a server that reads one must not be told twice whether to report usage. */
const streamOptions = objectOf({ include_usage: truth, include_obfuscation: truth, continuous_usage_stats: truth });

const request = objectOf({
  model,
  messages: listOf(message),
  tools: listOf(tool),
  tool_choice: textOr(toolChoice),
  functions: listOf(aFunction),
  function_call: textOr(settings),
  response_format: kindOf([
    kindWith(/^(?:text|json_object)$/, {}),
    kindWith(/^json_schema$/, { json_schema: objectOf(answerFormat) }),
  ]),
  prediction: objectOf({ type: plain, content }),
  audio: objectOf({ format: plain, voice: textOr(settings) }),
  ...{ max_tokens: plain, max_completion_tokens: plain, temperature: plain, top_p: plain, top_k: plain, min_p: plain },
  ...{ n: plain, seed: plain, stop: plain, frequency_penalty: plain, presence_penalty: plain, logit_bias: settings },
  ...{ logprobs: truth, top_logprobs: plain, modalities: plain, verbosity: plain, reasoning_effort: plain },
  ...{
    service_tier: usualRate(/^(?:auto|default|flex)$/),
    safety_identifier: plain,
    prompt_cache_key: plain,
    prompt_cache_retention: plain,
  },
  ...{ user: plain, metadata: settings, reasoning: settings, prompt_cache_options: settings },
  ...{ stream: truth, stream_options: streamOptions, parallel_tool_calls: truth },
  store: needs('STORED_STATE'),
  web_search_options: needs('WEB_SEARCH'),
});

/**
 * Asks for the usage of a streamed completion where the agent did not: without `stream_options.include_usage` the stream
 * tells no figures, and an agent could spend what nobody counts. The client sees one chunk more, without choices, as every
 * client that asks for it does.
 */
function askForUsage(asked: Json): Json | undefined {
  const options = asObject(asked.stream_options);
  if (asked.stream !== true || options?.include_usage === true) return undefined;
  return { stream_options: { ...options, include_usage: true } };
}

export const inspectCompletion = inspected(request, askForUsage);
