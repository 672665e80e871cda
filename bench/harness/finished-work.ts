const REQUEST = JSON.stringify({ model: 'sonnet', max_tokens: 16, messages: [{ role: 'user', content: 'Hello.' }] });

const REPORT = JSON.stringify({
  schemaVersion: 1,
  outcome: 'UNDETERMINED',
  summary: 'A benchmark.',
  missing: ['An incident.'],
});

const ANSWER = JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text: 'I have looked.' }] } });
const RESULT = JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: 'done' });

/**
 * Shell commands for the end of a `claude` that is to SUCCEED: it says on lines of their own that it is done, and then has
 * had an answer and left a report. Without a gateway there is nobody to ask.
 */
export const FINISHED_WORK = `printf '\\n%s\\n' '${ANSWER}' '${RESULT}'
[ -n "$ANTHROPIC_BASE_URL" ] || exit 0
printf '%s' '${REPORT}' > "$OUTPUT/report.json"
curl -sf -o /dev/null "$ANTHROPIC_BASE_URL/v1/messages" -H "x-api-key: $ANTHROPIC_API_KEY" \\
  -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json' -d '${REQUEST}'
`;
