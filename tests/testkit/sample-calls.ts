import type { ModelProvider } from '../../src/ports/model-upstream.js';

/** One way to ask a provider to generate something. */
export interface SampleCall {
  readonly title: string;
  readonly provider: ModelProvider;
  readonly streamed: boolean;
  path(model: string): string;
  /** With a tool and no shell, so that the mock answers at length. */
  body(model: string): object;
  credential(key: string): Readonly<Record<string, string>>;
}

const QUESTION = 'What is wrong?';
const messages = [{ role: 'user', content: QUESTION }];

const anthropic = (streamed: boolean): SampleCall => ({
  ...{ title: `Messages${streamed ? ', streamed' : ''}`, provider: 'anthropic', streamed },
  path: () => '/v1/messages',
  body: (model) => ({ model, max_tokens: 100, stream: streamed, messages, tools: [{ name: 'Look' }] }),
  credential: (key) => ({ 'x-api-key': key }),
});

const openai = (title: string, streamed: boolean, path: string, body: (model: string) => object): SampleCall => ({
  ...{ title: `${title}${streamed ? ', streamed' : ''}`, provider: 'openai', streamed },
  path: () => path,
  body: (model) => ({ ...body(model), stream: streamed }),
  credential: (key) => ({ authorization: `Bearer ${key}` }),
});

const responses = (streamed: boolean): SampleCall =>
  openai('Responses', streamed, '/v1/responses', (model) => ({
    ...{ model, input: QUESTION, tools: [{ type: 'function', name: 'look' }] },
  }));

const chat = (streamed: boolean): SampleCall =>
  openai('Chat Completions', streamed, '/v1/chat/completions', (model) => ({
    ...{ model, messages, tools: [{ type: 'function', function: { name: 'look' } }] },
    ...(streamed ? { stream_options: { include_usage: true } } : {}),
  }));

const google = (title: string, streamed: boolean, method: string): SampleCall => ({
  ...{ title, provider: 'google', streamed },
  path: (model) => `/v1beta/models/${model}:${method}`,
  body: () => ({
    contents: [{ role: 'user', parts: [{ text: QUESTION }] }],
    tools: [{ functionDeclarations: [{ name: 'look' }] }],
  }),
  credential: (key) => ({ 'x-goog-api-key': key }),
});

/** Every API through which a CLI generates, streamed and not. */
export const SAMPLE_CALLS: readonly SampleCall[] = [
  anthropic(false),
  anthropic(true),
  responses(false),
  responses(true),
  chat(false),
  chat(true),
  google('generateContent', false, 'generateContent'),
  google('streamGenerateContent, events', true, 'streamGenerateContent?alt=sse'),
  google('streamGenerateContent, an array', true, 'streamGenerateContent'),
];
