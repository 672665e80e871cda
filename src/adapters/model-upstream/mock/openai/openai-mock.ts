import type { ModelRequest } from '../../../../ports/model-upstream.js';
import { firstFault, jsonAnswer, streamAnswer, type MockAnswer } from '../mock-answer.js';
import { SIDE_ANSWER, triageTurn } from '../script/triage-script.js';
import { MOCK_EPOCH, parseJson, stableId } from '../stable.js';
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

/** Answers a request as OpenAI's API would. A key that contains `invalid` is refused like a wrong one. */
export function answerAsOpenai(request: ModelRequest): MockAnswer {
  const headers = { 'x-request-id': `req_mock_${stableId(Buffer.concat([Buffer.from(request.path), request.body]))}` };
  const error = (status: number, code: string | null, message: string): MockAnswer =>
    jsonAnswer(status, { error: { message, type: 'invalid_request_error', param: null, code } }, headers);

  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined) return error(401, null, 'No API key was provided in an Authorization header.');
  if (key.includes('invalid')) return error(401, 'invalid_api_key', 'The API key provided is incorrect.');

  const responses: Exchange = (text) => {
    const parsed = responsesRequest.safeParse(parseJson(text));
    if (!parsed.success) return error(400, null, firstFault(parsed.error));
    const cue = responsesCue(parsed.data);
    const turn = cue ? triageTurn(cue) : { text: SIDE_ANSWER };
    const response = responseOf(turn, parsed.data.model, responsesShell(parsed.data), text);
    return parsed.data.stream ? streamAnswer(streamedResponse(response), headers) : jsonAnswer(200, response, headers);
  };

  const chat: Exchange = (text) => {
    const parsed = chatRequest.safeParse(parseJson(text));
    if (!parsed.success) return error(400, null, firstFault(parsed.error));
    const cue = chatCue(parsed.data);
    const turn = cue ? triageTurn(cue) : { text: SIDE_ANSWER };
    const completion = completionOf(turn, parsed.data.model, chatShell(parsed.data), text);
    if (!parsed.data.stream) return jsonAnswer(200, completion, headers);
    return streamAnswer(streamedCompletion(completion, parsed.data.stream_options?.include_usage === true), headers);
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
