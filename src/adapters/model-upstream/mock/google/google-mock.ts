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
import { triageTurn } from '../script/triage-script.js';
import { estimateTokens } from '../stable.js';
import { answerPieces, asArray, asEvents, wholeAnswer } from './google-answer.js';
import { generateCue, generateRequest } from './google-request.js';
import { sideAnswer } from './side-answer.js';

const MODELS = ['gemini-pro-mock', 'gemini-flash-mock'].map((id) => ({
  name: `models/${id}`,
  version: '1',
  displayName: `Mock in place of ${id.replace('-mock', '')}`,
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  supportedGenerationMethods: ['generateContent', 'countTokens'],
}));

const error = (code: number, status: string, message: string, details: readonly object[] = []): MockAnswer =>
  jsonAnswer(code, { error: { code, message, status, ...(details.length > 0 ? { details } : {}) } });

const WRONG_KEY = error(400, 'INVALID_ARGUMENT', 'The API key is not valid.', [
  { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
]);

/** Answers as Google's Generative Language API would. A key that contains `invalid` is refused like a wrong one. */
export const googleMock: MockProvider = { answer, refusal };

function refusal(status: 429 | 500): MockAnswer {
  if (status === 500) return error(500, 'INTERNAL', 'An internal error occurred.');
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${RETRY_AFTER_SECONDS}s` };
  const limited = error(429, 'RESOURCE_EXHAUSTED', 'The rate limit of this key is reached.', [retryInfo]);
  return { ...limited, headers: { ...limited.headers, 'retry-after': String(RETRY_AFTER_SECONDS) } };
}

function answer(request: ModelRequest): MockAnswer {
  const key = request.headers['x-goog-api-key'] ?? '';
  if (key === '') return error(403, 'PERMISSION_DENIED', 'The request bears no API key.');
  if (key.includes('invalid')) return WRONG_KEY;

  const [path = '', query = ''] = request.path.split('?');
  if (request.method === 'GET') return listed(path);
  const [, model, method] = /^\/v1beta\/models\/([^/:]+):(\w+)$/.exec(path) ?? [];
  if (request.method !== 'POST' || model === undefined) return error(404, 'NOT_FOUND', 'There is no such method.');

  const text = request.body.toString('utf8');
  if (method === 'countTokens') return { ...jsonAnswer(200, { totalTokens: estimateTokens(text) }), model };
  const parsed = generateRequest.safeParse(parsedJson(text));
  if (!parsed.success) return error(400, 'INVALID_ARGUMENT', firstFault(parsed.error));
  const cue = generateCue(parsed.data);
  const turn = cue ? triageTurn(cue) : { text: sideAnswer(parsed.data) };
  const { pieces, tokens } = answerPieces(turn, model, text);
  const asked = { model, tokens };
  if (method === 'generateContent') return { ...jsonAnswer(200, wholeAnswer(turn, pieces)), ...asked };
  if (method !== 'streamGenerateContent') return error(404, 'NOT_FOUND', 'There is no such method.');
  return new URLSearchParams(query).get('alt') === 'sse'
    ? { ...streamAnswer(asEvents(pieces)), ...asked }
    : { ...jsonAnswer(200, {}), pieces: asArray(pieces), ...asked };
}

function listed(path: string): MockAnswer {
  if (path === '/v1beta/models') return jsonAnswer(200, { models: MODELS });
  const model = MODELS.find(({ name }) => path === `/v1beta/${name}`);
  return model ? jsonAnswer(200, model) : error(404, 'NOT_FOUND', 'There is no such model.');
}
