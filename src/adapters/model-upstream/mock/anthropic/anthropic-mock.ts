import type { ModelRequest } from '../../../../ports/model-upstream.js';
import { firstFault, jsonAnswer, streamAnswer, type MockAnswer } from '../mock-answer.js';
import { SIDE_ANSWER, triageTurn } from '../script/triage-script.js';
import { estimateTokens, parseJson, stableId } from '../stable.js';
import { messageOf } from './anthropic-message.js';
import { messagesRequest, scriptCue } from './anthropic-request.js';
import { streamedMessage } from './anthropic-stream.js';

const MODELS = ['opus', 'sonnet', 'haiku'].map((name) => ({
  type: 'model',
  id: `claude-${name}-mock`,
  display_name: `Mock in place of Claude ${name}`,
  created_at: '2026-01-01T00:00:00Z',
}));

/** Answers a request as Anthropic's API would. A key that contains `invalid` is refused like a wrong one. */
export function answerAsAnthropic(request: ModelRequest): MockAnswer {
  const id = `req_mock_${stableId(Buffer.concat([Buffer.from(request.path), request.body]))}`;
  const headers = { 'request-id': id };
  const json = (body: object): MockAnswer => jsonAnswer(200, body, headers);
  const error = (status: number, type: string, message: string): MockAnswer =>
    jsonAnswer(
      status,
      { type: 'error', error: { type, message }, request_id: id },
      { ...headers, 'x-should-retry': 'false' },
    );

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
  const parsed = messagesRequest.safeParse(parseJson(text));
  if (!parsed.success) return error(400, 'invalid_request_error', firstFault(parsed.error));
  if (route.endsWith('count_tokens')) return json({ input_tokens: estimateTokens(text) });
  if (parsed.data.max_tokens === undefined) return error(400, 'invalid_request_error', 'max_tokens: Field required');

  const cue = scriptCue(parsed.data);
  const message = messageOf(cue ? triageTurn(cue) : { text: SIDE_ANSWER }, parsed.data.model, text);
  return parsed.data.stream ? streamAnswer(streamedMessage(message), headers) : json(message);
}
