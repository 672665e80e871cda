import { describe, expect, it } from '@jest/globals';
import type { FailureClass } from './connection-failure.js';
import { judgeAnswer } from './judge-answer.js';
import { anthropicProbe } from './probes/anthropic-probe.js';
import { googleProbe } from './probes/google-probe.js';
import { openaiChatProbe } from './probes/openai-chat-probe.js';
import { openaiResponsesProbe } from './probes/openai-responses-probe.js';
import type { Probe } from './probes/probe.js';

const KEY = 'sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz';

const judged = (probe: Probe, status: number, body: unknown) =>
  judgeAnswer(probe, { status, text: typeof body === 'string' ? body : JSON.stringify(body) }, KEY);

type Case = readonly [status: number, body: unknown, failureClass: FailureClass];

/** Errors in the forms in which providers send them. */
function corpus(probe: Probe, cases: readonly Case[]): void {
  it.each(cases)('knows %i %j for %s', (status, body, failureClass) => {
    expect(judged(probe, status, body)).toMatchObject({ ok: false, failure: { class: failureClass } });
  });
}

describe('judgeAnswer of Anthropic Messages', () => {
  const error = (type: string, message: string) => ({ type: 'error', error: { type, message }, request_id: 'req_1' });
  corpus(anthropicProbe, [
    [401, error('authentication_error', 'invalid x-api-key'), 'UNAUTHORIZED'],
    [403, error('permission_error', 'Your API key may not use this resource.'), 'UNAUTHORIZED'],
    [400, error('invalid_request_error', 'This organization has been disabled.'), 'UNAUTHORIZED'],
    [404, error('not_found_error', 'model: claude-9'), 'MODEL_NOT_FOUND'],
    [404, error('not_found_error', 'Not Found'), 'BAD_CONFIG'],
    [400, error('invalid_request_error', 'messages: at least one is needed'), 'BAD_CONFIG'],
    [413, error('request_too_large', 'Too large.'), 'BAD_CONFIG'],
    [400, error('invalid_request_error', 'Your credit balance is too low to use the API.'), 'QUOTA'],
    [400, error('invalid_request_error', 'You have reached your specified API usage limits.'), 'QUOTA'],
    [402, error('billing_error', 'Look at your billing.'), 'QUOTA'],
    [429, error('rate_limit_error', 'Too many requests.'), 'QUOTA'],
    [504, error('timeout_error', 'It took too long.'), 'TIMEOUT'],
    [500, error('api_error', 'Internal server error'), 'UPSTREAM'],
    [529, error('overloaded_error', 'Overloaded'), 'UPSTREAM'],
  ]);

  it('takes a message for an answer, cut short or not', () => {
    const message = { type: 'message', role: 'assistant', model: 'claude-x', content: [], stop_reason: 'max_tokens' };
    expect(judged(anthropicProbe, 200, message)).toEqual({ ok: true, model: 'claude-x' });
  });
});

describe.each([
  ['Responses', openaiResponsesProbe],
  ['Chat Completions', openaiChatProbe],
])('judgeAnswer of OpenAI %s', (_name, probe) => {
  const error = (type: string, code: string | null, message: string, param: string | null = null) => ({
    error: { message, type, param, code },
  });
  corpus(probe, [
    [401, error('invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: sk-x***y.'), 'UNAUTHORIZED'],
    [403, error('invalid_request_error', null, 'Missing scopes: model.request.'), 'UNAUTHORIZED'],
    [403, error('request_forbidden', 'unsupported_country_region_territory', 'Not here.'), 'UNAUTHORIZED'],
    [404, error('invalid_request_error', 'model_not_found', 'The model `x` does not exist.'), 'MODEL_NOT_FOUND'],
    [403, error('invalid_request_error', 'model_not_found', 'The project may not use `x`.'), 'MODEL_NOT_FOUND'],
    [400, error('invalid_request_error', null, 'Not a chat model.', 'model'), 'MODEL_NOT_FOUND'],
    [429, error('insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.'), 'QUOTA'],
    [429, error('requests', 'rate_limit_exceeded', 'Rate limit reached.'), 'QUOTA'],
    [400, error('invalid_request_error', 'billing_hard_limit_reached', 'The hard limit is reached.'), 'QUOTA'],
    [
      400,
      error('invalid_request_error', 'unsupported_parameter', 'It is not supported with this model.', 'x'),
      'BAD_CONFIG',
    ],
    [404, error('invalid_request_error', 'unknown_url', 'Unknown request URL.'), 'BAD_CONFIG'],
    [500, error('server_error', 'server_error', 'The server had an error.'), 'UPSTREAM'],
    [503, error('server_error', null, 'Overloaded.'), 'UPSTREAM'],
    // Servers that speak the protocol without being OpenAI.
    [
      404,
      { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 },
      'MODEL_NOT_FOUND',
    ],
    [
      200,
      { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 },
      'MODEL_NOT_FOUND',
    ],
    [404, { error: { message: 'model "x" not found, try to pull it', type: 'api_error' } }, 'MODEL_NOT_FOUND'],
    [400, { error: { message: 'x/y is not a valid model ID', code: 400 } }, 'MODEL_NOT_FOUND'],
    [402, { error: { message: 'Insufficient credits', code: 402 } }, 'QUOTA'],
    [400, { error: 'something is missing' }, 'BAD_CONFIG'],
  ]);
});

describe('judgeAnswer of OpenAI', () => {
  it('takes a response for an answer, but for one that failed', () => {
    const response = { object: 'response', status: 'incomplete', error: null, model: 'gpt-x-2026-01-01' };
    expect(judged(openaiResponsesProbe, 200, response)).toEqual({ ok: true, model: 'gpt-x-2026-01-01' });
    const failed = { ...response, status: 'failed', error: { code: 'insufficient_quota', message: 'No credit.' } };
    expect(judged(openaiResponsesProbe, 200, failed)).toMatchObject({ failure: { class: 'QUOTA' } });
  });

  it('takes a completion for an answer, also of a server that does not name its model', () => {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'OK' }, finish_reason: 'stop' }];
    expect(judged(openaiChatProbe, 200, { choices, model: 'gpt-x' })).toEqual({ ok: true, model: 'gpt-x' });
    expect(judged(openaiChatProbe, 200, { choices })).toEqual({ ok: true, model: null });
  });

  it('takes it for an answer that a model came to no word within so few tokens', () => {
    const message = 'Could not finish: max_tokens or model output limit was reached.';
    const error = { error: { message, type: 'invalid_request_error', param: null, code: null } };
    expect(judged(openaiChatProbe, 400, error)).toEqual({ ok: true, model: null });
    expect(judged(openaiResponsesProbe, 400, error)).toMatchObject({ failure: { class: 'BAD_CONFIG' } });
  });
});

describe('judgeAnswer of Google generateContent', () => {
  const error = (code: number, status: string, message: string, reason?: string) => ({
    error: {
      ...{ code, message, status },
      ...(reason && { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }] }),
    },
  });
  corpus(googleProbe, [
    [400, error(400, 'INVALID_ARGUMENT', 'API key not valid.', 'API_KEY_INVALID'), 'UNAUTHORIZED'],
    [400, error(400, 'INVALID_ARGUMENT', 'API key expired.', 'API_KEY_INVALID'), 'UNAUTHORIZED'],
    [403, error(403, 'PERMISSION_DENIED', 'The API is not enabled.', 'SERVICE_DISABLED'), 'UNAUTHORIZED'],
    [401, error(401, 'UNAUTHENTICATED', 'Missing credentials.'), 'UNAUTHORIZED'],
    [404, error(404, 'NOT_FOUND', 'models/x is not found for API version v1beta.'), 'MODEL_NOT_FOUND'],
    [400, error(400, 'INVALID_ARGUMENT', 'unexpected model name format'), 'MODEL_NOT_FOUND'],
    [429, error(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted.'), 'QUOTA'],
    [400, error(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'), 'BAD_CONFIG'],
    [400, error(400, 'FAILED_PRECONDITION', 'User location is not supported.'), 'BAD_CONFIG'],
    [504, error(504, 'DEADLINE_EXCEEDED', 'It took too long.'), 'TIMEOUT'],
    [500, error(500, 'INTERNAL', 'An internal error has occurred.'), 'UPSTREAM'],
    [503, error(503, 'UNAVAILABLE', 'The model is overloaded.'), 'UPSTREAM'],
    [429, [error(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted.')], 'QUOTA'],
  ]);

  it('takes candidates for an answer, also without a word in them', () => {
    const answer = { candidates: [{ finishReason: 'MAX_TOKENS' }], modelVersion: 'gemini-x' };
    expect(judged(googleProbe, 200, answer)).toEqual({ ok: true, model: 'gemini-x' });
  });
});

describe('judgeAnswer of what is no such provider', () => {
  const HTML = '<!doctype html><title>Welcome</title>';
  corpus(anthropicProbe, [
    [200, HTML, 'BAD_CONFIG'],
    [200, '{}', 'BAD_CONFIG'],
    [200, '', 'BAD_CONFIG'],
    [204, '', 'BAD_CONFIG'],
    [302, '', 'BAD_CONFIG'],
    [404, HTML, 'BAD_CONFIG'],
    [401, HTML, 'UNAUTHORIZED'],
    [429, HTML, 'QUOTA'],
    [408, HTML, 'TIMEOUT'],
    [502, HTML, 'UPSTREAM'],
    [504, HTML, 'TIMEOUT'],
    [200, '['.repeat(60_000), 'BAD_CONFIG'],
  ]);

  it('says that a redirect is not followed, and repeats nothing of a page', () => {
    expect(judged(anthropicProbe, 307, HTML)).toMatchObject({
      failure: { message: expect.stringMatching(/redirects \(HTTP 307\)/), providerMessage: null },
    });
    expect(JSON.stringify(judged(anthropicProbe, 200, HTML))).not.toContain('Welcome');
  });
});

describe('judgeAnswer and the key', () => {
  it('masks the key in the provider’s message and in the name of the model', () => {
    const message = `The key ${KEY} is wrong (${Buffer.from(KEY).toString('base64')}).`;
    const refusal = judged(anthropicProbe, 401, { error: { type: 'authentication_error', message } });
    expect(refusal).toMatchObject({
      failure: { providerMessage: expect.stringMatching(/^The key \*+ is wrong \(\*+/) },
    });
    expect(judged(anthropicProbe, 200, { type: 'message', model: `claude ${KEY}` })).toEqual({
      ...{ ok: true, model: `claude ${'*'.repeat(KEY.length)}` },
    });
  });
});
