import { parsedJson } from '../../../../kernel/json.js';
import type { ModelRequest } from '../../../../ports/model-upstream.js';
import {
  firstFault,
  jsonAnswer,
  RETRY_AFTER_SECONDS,
  streamAnswer,
  type MockAnswer,
  type MockHeaders,
  type MockProvider,
} from '../mock-answer.js';
import { SIDE_ANSWER, triageTurn } from '../script/triage-script.js';
import { estimateTokens, stableId } from '../stable.js';
import { messageOf } from './anthropic-message.js';
import { messagesRequest, scriptCue } from './anthropic-request.js';
import { streamedMessage } from './anthropic-stream.js';

const MODELS = ['opus', 'sonnet', 'haiku'].map((name) => ({
  type: 'model',
  id: `claude-${name}-mock`,
  display_name: `Mock in place of Claude ${name}`,
  created_at: '2026-01-01T00:00:00Z',
}));

/** Answers as Anthropic's API would. A key that contains `invalid` is refused like a wrong one. */
export const anthropicMock: MockProvider = { answer, refusal };

const idOf = ({ path, body }: ModelRequest): string => `req_mock_${stableId(Buffer.concat([Buffer.from(path), body]))}`;

function errorAnswer(request: ModelRequest, status: number, type: string, message: string, more: MockHeaders) {
  const id = idOf(request);
  return jsonAnswer(status, { type: 'error', error: { type, message }, request_id: id }, { 'request-id': id, ...more });
}

function refusal(status: 429 | 500, request: ModelRequest): MockAnswer {
  const again = { 'x-should-retry': 'true' };
  if (status === 500) return errorAnswer(request, status, 'api_error', 'Internal server error', again);
  const limited = { ...again, 'retry-after': String(RETRY_AFTER_SECONDS) };
  return errorAnswer(request, status, 'rate_limit_error', 'The rate limit of this key is reached.', limited);
}

function answer(request: ModelRequest): MockAnswer {
  const headers = { 'request-id': idOf(request) };
  const json = (body: object): MockAnswer => jsonAnswer(200, body, headers);
  const error = (status: number, type: string, message: string): MockAnswer =>
    errorAnswer(request, status, type, message, { 'x-should-retry': 'false' });

  const key = request.headers['x-api-key'] ?? '';
  if (key === '') return error(401, 'authentication_error', 'x-api-key header is required');
  if (key.includes('invalid')) return error(401, 'authentication_error', 'invalid x-api-key');

  const route = `${request.method} ${request.path.split('?')[0]!}`;
  if (route === 'GET /v1/models') {
    return json({ data: MODELS, has_more: false, first_id: MODELS[0]!.id, last_id: MODELS.at(-1)!.id });
  }
  if (route.startsWith('GET /v1/models/')) {
    const model = MODELS.find((known) => route === `GET /v1/models/${known.id}`);
    return model ? json(model) : error(404, 'not_found_error', 'model not found');
  }
  if (route !== 'POST /v1/messages' && route !== 'POST /v1/messages/count_tokens') {
    return error(404, 'not_found_error', 'Not found');
  }

  const text = request.body.toString('utf8');
  const parsed = messagesRequest.safeParse(parsedJson(text));
  if (!parsed.success) return error(400, 'invalid_request_error', firstFault(parsed.error));
  const { model, max_tokens, stream } = parsed.data;
  if (route.endsWith('count_tokens')) return { ...json({ input_tokens: estimateTokens(text) }), model };
  if (max_tokens === undefined) return error(400, 'invalid_request_error', 'max_tokens: Field required');

  const cue = scriptCue(parsed.data);
  const { message, tokens } = messageOf(cue ? triageTurn(cue) : { text: SIDE_ANSWER }, model, text);
  const whole = stream ? streamAnswer(streamedMessage(message), headers) : json(message);
  return { ...whole, model, tokens };
}
