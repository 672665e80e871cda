import { parsedJson } from '../../../../kernel/json.js';
import type { ModelRequest } from '../../../../ports/model-upstream.js';
import {
  firstFault,
  jsonAnswer,
  RETRY_AFTER_SECONDS,
  streamAnswer,
  type MockAnswer,
  type MockProvider,
} from '../mock-answer.js';
import { SIDE_ANSWER, triageTurn } from '../script/triage-script.js';
import { MOCK_EPOCH, stableId } from '../stable.js';
import { completionOf, streamedCompletion } from './chat-completion.js';
import { chatCue, chatRequest, shellOf as chatShell } from './chat-request.js';
import { responseOf } from './responses-object.js';
import { responsesCue, responsesRequest, shellOf as responsesShell } from './responses-request.js';
import { streamedResponse } from './responses-stream.js';

const MODELS = ['gpt-mock', 'gpt-codex-mock'].map((id) => ({
  id,
  object: 'model',
  created: MOCK_EPOCH,
  owned_by: 'triaged',
}));

type Exchange = (text: string) => MockAnswer;

/** Answers as OpenAI's API would. A key that contains `invalid` is refused like a wrong one. */
export const openaiMock: MockProvider = { answer, refusal };

const headersOf = ({ path, body }: ModelRequest): { readonly 'x-request-id': string } => ({
  'x-request-id': `req_mock_${stableId(Buffer.concat([Buffer.from(path), body]))}`,
});

function refusal(status: 429 | 500, request: ModelRequest): MockAnswer {
  const limited = { type: 'requests', code: 'rate_limit_exceeded', message: 'The rate limit of this key is reached.' };
  const failed = { type: 'server_error', code: null, message: 'The server had an error.' };
  const retry = status === 429 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};
  const error = { param: null, ...(status === 429 ? limited : failed) };
  return jsonAnswer(status, { error }, { ...headersOf(request), ...retry });
}

function answer(request: ModelRequest): MockAnswer {
  const headers = headersOf(request);
  const error = (status: number, code: string | null, message: string): MockAnswer =>
    jsonAnswer(status, { error: { message, type: 'invalid_request_error', param: null, code } }, headers);

  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined) return error(401, null, 'No API key was provided in an Authorization header.');
  if (key.includes('invalid')) return error(401, 'invalid_api_key', 'The API key provided is incorrect.');

  const responses: Exchange = (text) => {
    const parsed = responsesRequest.safeParse(parsedJson(text));
    if (!parsed.success) return error(400, null, firstFault(parsed.error));
    const cue = responsesCue(parsed.data);
    const turn = cue ? triageTurn(cue) : { text: SIDE_ANSWER };
    const { model, stream } = parsed.data;
    const { response, tokens } = responseOf(turn, model, responsesShell(parsed.data), text);
    const whole = stream ? streamAnswer(streamedResponse(response), headers) : jsonAnswer(200, response, headers);
    return { ...whole, model, tokens };
  };

  const chat: Exchange = (text) => {
    const parsed = chatRequest.safeParse(parsedJson(text));
    if (!parsed.success) return error(400, null, firstFault(parsed.error));
    const cue = chatCue(parsed.data);
    const turn = cue ? triageTurn(cue) : { text: SIDE_ANSWER };
    const { model, stream, stream_options } = parsed.data;
    const { completion, tokens } = completionOf(turn, model, chatShell(parsed.data), text);
    if (!stream) return { ...jsonAnswer(200, completion, headers), model, tokens };
    const tellsUsage = stream_options?.include_usage === true;
    const whole = streamAnswer(streamedCompletion(completion, tellsUsage), headers);
    return tellsUsage ? { ...whole, model, tokens } : { ...whole, model };
  };

  const route = `${request.method} ${request.path.split('?')[0]!}`;
  if (route === 'POST /v1/responses') return responses(request.body.toString('utf8'));
  if (route === 'POST /v1/chat/completions') return chat(request.body.toString('utf8'));
  if (route === 'GET /v1/models') return jsonAnswer(200, { object: 'list', data: MODELS }, headers);
  const model = MODELS.find(({ id }) => route === `GET /v1/models/${id}`);
  if (model) return jsonAnswer(200, model, headers);
  return route.startsWith('GET /v1/models/')
    ? error(404, 'model_not_found', 'There is no such model.')
    : error(404, 'unknown_url', 'There is no such method and path.');
}
