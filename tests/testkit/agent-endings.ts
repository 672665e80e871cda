import type { AiAgent } from '../../src/kernel/ai-agents.js';

/** One way in which a CLI's output may end while the CLI exits with 0. */
export interface Ending {
  readonly what: string;
  readonly lines: readonly (object | string)[];
  /** Absent: a success. */
  readonly objection?: RegExp;
}

const LIMIT = "You've hit your usage limit. It resets at 15:00.";
const REPORT = 'The quota of namespace shop is exceeded. '.repeat(10);

function claudeEndings(): Ending[] {
  const says = (text: string) => ({ type: 'assistant', message: { content: [{ type: 'text', text }] } });
  const tool = {
    ...{ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] } },
  };
  const result = (more: object) => ({ type: 'result', subtype: 'success', is_error: false, ...more });
  return [
    { what: 'an answer', lines: [tool, says('Done.'), result({ result: 'Done.' }), 'wrote the archive'] },
    { what: 'a report that mentions a limit', lines: [says(REPORT), result({ result: REPORT })] },
    { what: 'a cut first line', lines: ['cut"}]}}', tool, says('Done.'), result({})] },
    { what: 'no result', lines: [tool, says('Done.')], objection: /no result event/ },
    { what: 'a result cut in two', lines: [says('Done.'), '{"type":"result","subty'], objection: /no result event/ },
    { what: 'a spent limit as its answer', lines: [says(LIMIT), result({ result: LIMIT })], objection: /spent limit/ },
    { what: 'nothing run', lines: [result({ result: '' })], objection: /had done nothing/ },
    { what: 'too many turns', lines: [tool, result({ subtype: 'error_max_turns' })], objection: /error_max_turns/ },
    {
      what: 'an error called a success',
      lines: [says('x'), result({ is_error: true, result: 'Invalid API key' })],
      objection: /Invalid API key/,
    },
    {
      what: 'a failure after a success',
      lines: [says('x'), result({}), result({ is_error: true })],
      objection: /ended with an error/,
    },
  ];
}

function codexEndings(): Ending[] {
  const started = [{ type: 'thread.started', thread_id: 't' }, { type: 'turn.started' }];
  const item = (type: string, more: object) => ({ type: 'item.completed', item: { id: 'item_1', type, ...more } });
  const ran = item('command_execution', { command: 'ls', aggregated_output: '', exit_code: 0, status: 'completed' });
  const says = (text: string) => item('agent_message', { text });
  const completed = { type: 'turn.completed', usage: { input_tokens: 9, output_tokens: 9 } };
  const warning = item('error', { message: 'Model metadata not found.' });
  return [
    { what: 'an answer', lines: [...started, warning, ran, says('Done.'), completed] },
    {
      what: 'a reconnection on the way',
      lines: [...started, { type: 'error', message: 'Reconnecting' }, says('x'), completed],
    },
    { what: 'no end of the turn', lines: [...started, ran, says('Done.')], objection: /no turn\.completed/ },
    { what: 'nothing run', lines: [...started, warning, completed], objection: /had done nothing/ },
    { what: 'a spent limit as its answer', lines: [...started, says(LIMIT), completed], objection: /spent limit/ },
    {
      what: 'a failed turn',
      lines: [...started, ran, { type: 'turn.failed', error: { message: 'Quota exceeded. Check your plan.' } }],
      objection: /Quota exceeded/,
    },
  ];
}

function geminiEndings(): Ending[] {
  const started = [
    { type: 'init', session_id: 's', model: 'gemini-2.5-pro' },
    { type: 'message', role: 'user', content: 'Look.' },
  ];
  const says = (content: string) => ({ type: 'message', role: 'assistant', content, delta: true });
  const tool = { type: 'tool_result', tool_id: 't', status: 'success', output: 'ok' };
  const result = (status: string, more: object = {}) => ({ type: 'result', status, stats: {}, ...more });
  const empty = { type: 'error', severity: 'error', message: 'The model returned an empty response.' };
  return [
    { what: 'an answer in pieces', lines: [...started, tool, says('Do'), says('ne.'), result('success')] },
    {
      what: 'a warning on the way',
      lines: [...started, { ...empty, severity: 'warning' }, says('x'), result('success')],
    },
    { what: 'no result', lines: [...started, says('Done.')], objection: /no result event/ },
    { what: 'nothing run', lines: [...started, result('success')], objection: /had done nothing/ },
    { what: 'an empty answer', lines: [...started, empty, result('error')], objection: /empty response/ },
    {
      what: 'a refused key',
      lines: [...started, result('error', { error: { type: 'unknown', message: 'API key not valid' } })],
      objection: /API key not valid/,
    },
    {
      what: 'a spent limit as its answer, in pieces',
      lines: [...started, says("You've hit"), says(' your daily limit.'), result('success')],
      objection: /spent limit/,
    },
  ];
}

function opencodeEndings(): Ending[] {
  const part = (type: string, more: object) => ({ type, sessionID: 's', part: { id: 'p', messageID: 'm', ...more } });
  const start = part('step_start', { type: 'step-start' });
  const says = (text: string) => part('text', { text });
  const finish = (reason: string) => part('step_finish', { reason, tokens: { input: 9, output: 9 } });
  const tool = (status: string) => part('tool_use', { tool: 'bash', callID: 'c', state: { status, input: {} } });
  return [
    {
      what: 'an answer',
      lines: [start, tool('completed'), finish('tool-calls'), start, says('Done.'), finish('stop')],
    },
    { what: 'not a byte', lines: [], objection: /no last step/ },
    { what: 'a denied permission', lines: [start, tool('error'), finish('tool-calls')], objection: /no last step/ },
    { what: 'a tool that was not there', lines: [start, finish('stop')], objection: /had done nothing/ },
    { what: 'a tool that was aborted', lines: [start, finish('stop'), tool('error')], objection: /had done nothing/ },
    {
      what: 'an answer cut for its length',
      lines: [start, says('Do'), finish('length')],
      objection: /finish reason length/,
    },
    { what: 'a spent limit as its answer', lines: [start, says(LIMIT), finish('stop')], objection: /spent limit/ },
    {
      what: 'an error of the provider',
      lines: [start, { type: 'error', sessionID: 's', error: { name: 'APIError', data: { message: 'bad key' } } }],
      objection: /bad key/,
    },
    {
      what: 'an error without words',
      lines: [start, { type: 'error', sessionID: 's', error: { name: 'UnknownError' } }],
      objection: /UnknownError/,
    },
  ];
}

function gooseEndings(): Ending[] {
  const message = (role: string, content: object, metadata: object = {}) => ({
    ...{ type: 'message', message: { id: 'c1', role, created: 1, content: [content], metadata } },
  });
  const inference = { provider: 'openai', requestedModel: 'gpt-4.1' };
  const says = (text: string) => message('assistant', { type: 'text', text }, { inference });
  /** Goose's own words. */
  const tells = (text: string) => message('assistant', { type: 'text', text });
  const tool = message('user', { type: 'toolResponse', id: 'call_1', toolResult: { status: 'success' } });
  const complete = { type: 'complete', total_tokens: 9, input_tokens: 5, output_tokens: 4 };
  return [
    { what: 'an answer in pieces', lines: [tool, says('Do'), says('ne.'), complete] },
    { what: 'an answer in other words of its own', lines: [tool, tells('Done.'), complete] },
    { what: 'a report on such words', lines: [says('Ran into this error: the pod said so.'), complete] },
    { what: 'no complete event', lines: [tool, says('Done.')], objection: /no complete event/ },
    { what: 'nothing run', lines: [complete], objection: /had done nothing/ },
    {
      what: 'a spent quota in its own words',
      lines: [tells('Ran into this error: Rate limit exceeded.'), { ...complete, total_tokens: 0 }],
      objection: /Rate limit exceeded/,
    },
    {
      what: 'too many turns, in its own words',
      lines: [tool, tells("I've reached the maximum number of actions I can do."), complete],
      objection: /maximum number of actions/,
    },
    {
      what: 'an empty answer',
      lines: [tells('The model returned an empty response.'), complete],
      objection: /empty response/,
    },
    { what: 'an error', lines: [says('x'), { type: 'error', error: 'stream broke' }], objection: /stream broke/ },
    {
      what: 'a spent limit in pieces',
      lines: [says("You've reached "), says('your limit.'), complete],
      objection: /spent limit/,
    },
  ];
}

/** In the shapes that the pinned CLIs write. */
export const ENDINGS: Readonly<Record<AiAgent, readonly Ending[]>> = {
  CLAUDE_CODE: claudeEndings(),
  CODEX_CLI: codexEndings(),
  GEMINI_CLI: geminiEndings(),
  OPENCODE: opencodeEndings(),
  GOOSE: gooseEndings(),
};
