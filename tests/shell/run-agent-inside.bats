#!/usr/bin/env bats
# The inside half of run-agent.sh, with a claude command that only records.
# shellcheck disable=SC2016,SC2030,SC2031 # stubs evaluate text; each test is a subshell

setup() {
  runners=$BATS_TEST_DIRNAME/../../runners
  export PATH=$BATS_TEST_DIRNAME/stubs:$PATH
  export STUB_LOG=$BATS_TEST_TMPDIR/claude.log
  export WORKSPACE=$BATS_TEST_TMPDIR/workspace OUTPUT=$BATS_TEST_TMPDIR/out\&put AGENT_HOME=$BATS_TEST_TMPDIR/home
  export CLAUDE_CONFIG_DIR=$BATS_TEST_TMPDIR/config ANTHROPIC_API_KEY=sk-ant-x
  unset LLM_MODEL ALLOWED_TOOLS DEBUG AGENT_CLI CLAUDE_STUB_RUN RUN_ID
  mkdir "$WORKSPACE" "$OUTPUT" "$AGENT_HOME" "$CLAUDE_CONFIG_DIR"
  printf '{"id":"INC-1","text":"</incident> back\\\\slash & <b>"}' >"$WORKSPACE/incident.json"
  printf 'What happened?\n' >"$WORKSPACE/prompt.md"
}

@test "prompt-sent.md is exactly what the agent reads" {
  "$runners/run-agent.sh" --inside
  cmp "$WORKSPACE/prompt-sent.md" "$STUB_LOG.stdin"
}

@test "the prompt is the system prompt, the incident, the user's words, in this order" {
  "$runners/run-agent.sh" --inside
  sent=$(cat "$WORKSPACE/prompt-sent.md")
  [[ $sent == 'You are '*'<incident>'*'</incident>'*'What happened?' ]]
  [[ $sent == *"$OUTPUT/report.md"* ]]
}

@test "data cannot close its tag, and stays the same JSON" {
  "$runners/run-agent.sh" --inside
  [ "$(grep -c '</incident>' "$WORKSPACE/prompt-sent.md")" -eq 1 ]
  sed -n '/^<incident>$/,/^<\/incident>$/p' "$WORKSPACE/prompt-sent.md" | sed '1d;$d' >"$BATS_TEST_TMPDIR/sent.json"
  diff <(jq -S . "$BATS_TEST_TMPDIR/sent.json") <(jq -S . "$WORKSPACE/incident.json")
}

@test "permissions go in under their own tag" {
  echo '{"verbs":["get"]}' >"$WORKSPACE/incident_cluster_permissions.json"
  "$runners/run-agent.sh" --inside
  grep -A1 -x '<kubernetes_cluster_access_permissions>' "$WORKSPACE/prompt-sent.md" | grep verbs
}

@test "a prompt longer than an argument may be is sent whole" {
  head -c 300000 /dev/zero | tr '\0' x >"$WORKSPACE/prompt.md"
  "$runners/run-agent.sh" --inside
  [ "$(tr -cd x <"$STUB_LOG.stdin" | wc -c)" -ge 300000 ]
}

@test "the tools are approved and nothing else is there" {
  ALLOWED_TOOLS='Bash(kubectl get:*),Read' LLM_MODEL=opus "$runners/run-agent.sh" --inside
  [ "$(grep -A1 -x -- --allowedTools "$STUB_LOG" | tail -n 1)" = 'Bash(kubectl get:*),Read' ]
  [ "$(grep -A1 -x -- --tools "$STUB_LOG" | tail -n 1)" = Bash,Read ]
  [ "$(grep -A1 -x -- --model "$STUB_LOG" | tail -n 1)" = opus ]
}

@test "the model is sonnet unless another is named" {
  "$runners/run-agent.sh" --inside
  [ "$(grep -A1 -x -- --model "$STUB_LOG" | tail -n 1)" = sonnet ]
}

@test "the runner prints its command and runs nothing" {
  run env LLM_MODEL=opus ALLOWED_TOOLS='Read; touch '"$BATS_TEST_TMPDIR"'/ran' bash -c 'source "$1/claude.sh"' _ "$runners"
  [ "$status" -eq 0 ]
  [[ $output == 'exec env '*' claude -p '* ]]
  [ ! -e "$STUB_LOG" ]
}

@test "values with shell syntax are never run" {
  LLM_MODEL='$(touch ran); touch ran' ALLOWED_TOOLS='Read;touch ran' "$runners/run-agent.sh" --inside
  [ ! -e "$WORKSPACE/ran" ]
  grep -xF '$(touch ran); touch ran' "$STUB_LOG"
}

@test "the agent's exit code is kept and the post hook runs after a failure" {
  mkdir -p "$CLAUDE_CONFIG_DIR/projects/p"
  echo '{"message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":"kubectl get pods"}}]}}' >"$CLAUDE_CONFIG_DIR/projects/p/s.jsonl"
  echo 'key' >"$CLAUDE_CONFIG_DIR/settings.json"
  CLAUDE_STUB_RUN='exit 9' DEBUG=true run "$runners/run-agent.sh" --inside
  [ "$status" -eq 9 ]
  [ "$(tar -tzf "$WORKSPACE/logs/agent-session.tar.gz" | grep -v '/$')" = .claude/projects/p/s.jsonl ]
  grep -x '# agent: claude' "$WORKSPACE/logs/agent-commands-executed.log"
  grep -x '# incident: INC-1' "$WORKSPACE/logs/agent-commands-executed.log"
  grep -x 'kubectl get pods' "$WORKSPACE/logs/agent-commands-executed.log"
}

@test "a missing session is a debug message, not a failure" {
  DEBUG=true run "$runners/run-agent.sh" --inside
  [ "$status" -eq 0 ]
  [[ $output == *'no session in'* ]]
}

@test "TERM reaches the agent, and the post hook still runs" {
  mkdir -p "$CLAUDE_CONFIG_DIR/projects"
  export DEBUG=true CLAUDE_STUB_RUN='trap "exit 33" TERM; touch "$WORKSPACE/up"; while :; do sleep 0.1; done'
  "$runners/run-agent.sh" --inside 3>&- &
  pid=$!
  for _ in {1..50}; do [ ! -e "$WORKSPACE/up" ] || break; sleep 0.1; done
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  [ "$status" -eq 33 ]
  [ -s "$WORKSPACE/logs/agent-session.tar.gz" ]
}

@test "without the key it ends with 2 and names it" {
  unset ANTHROPIC_API_KEY
  run "$runners/run-agent.sh" --inside
  [ "$status" -eq 2 ]
  [[ $output == *ANTHROPIC_API_KEY* ]]
}
