const REQUEST = JSON.stringify({ model: 'sonnet', max_tokens: 16, messages: [{ role: 'user', content: 'Hello.' }] });

const REPORT = JSON.stringify({
  schemaVersion: 1,
  outcome: 'UNDETERMINED',
  summary: 'A benchmark.',
  missing: ['An incident.'],
});

/** Shell commands for the end of an agent that is to SUCCEED: a model call and a report. By hand there is nobody to ask. */
export const FINISHED_WORK = `[ -n "$ANTHROPIC_BASE_URL" ] || exit 0
printf '%s' '${REPORT}' > "$OUTPUT/report.json"
curl -sf -o /dev/null "$ANTHROPIC_BASE_URL/v1/messages" -H "x-api-key: $ANTHROPIC_API_KEY" \\
  -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json' -d '${REQUEST}'
`;
