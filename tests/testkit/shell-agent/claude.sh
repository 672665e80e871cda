#!/usr/bin/env bash
# Stands in for Claude Code: carries out the `script` of its incident, then ends as the CLI does.
cat > /dev/null
bash -c "$(jq --raw-output .script "$INCIDENT")" 2>&1
printf '\n%s\n' '{"type":"result","subtype":"success","is_error":false,"result":"done","num_turns":1,"usage":{"input_tokens":1,"output_tokens":1}}'
