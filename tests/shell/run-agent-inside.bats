#!/usr/bin/env bats
# The inside half of run-agent.sh: one agent from its prompt to its post hook, with CLIs that only record.
# shellcheck disable=SC2016,SC2030,SC2031,SC2153,SC2154 # stubs evaluate text; each test is a subshell; variables of helpers.bash

load helpers

setup() { set_up_inside; }

agents=(claude codex gemini goose opencode)

@test "prompt-sent.md is exactly what the agent reads" {
  for agent in "${agents[@]}"; do
    AGENT_CLI=$agent "$run_agent" --inside
    cmp "$WORKSPACE/prompt-sent.md" "$STUB_LOG.stdin"
    rm "$STUB_LOG.stdin"
  done
}

@test "a prompt longer than an argument may be is sent whole, to every agent" {
  head -c 300000 /dev/zero | tr '\0' x >"$WORKSPACE/prompt.md"
  for agent in "${agents[@]}"; do
    AGENT_CLI=$agent "$run_agent" --inside
    [ "$(tr -cd x <"$STUB_LOG.stdin" | wc -c)" -ge 300000 ]
  done
}

@test "each agent is run by its own runner, and cleared up by its own post hook" {
  for agent in "${agents[@]}"; do
    : >"$STUB_LOG.calls"
    AGENT_CLI=$agent DEBUG=true run "$run_agent" --inside
    [ "$status" -eq 0 ]
    [[ $(tail -n 1 "$STUB_LOG.calls") == "$agent "* || $agent == goose ]]
    [[ $output != *'no post hook'* ]]
  done
}

@test "the agent starts in its home, without DEBUG" {
  CLI_STUB_RUN='pwd >"$STUB_LOG.pwd"; env >"$STUB_LOG.env"' DEBUG=true "$run_agent" --inside
  [ "$(cat "$STUB_LOG.pwd")" = "$AGENT_HOME" ]
  run grep ^DEBUG= "$STUB_LOG.env"
  [ "$status" -eq 1 ]
}

@test "values with shell syntax are never run, by any agent" {
  for agent in "${agents[@]}"; do
    AGENT_CLI=$agent LLM_MODEL='$(touch ran); "touch ran' "$run_agent" --inside
    grep -F '$(touch ran); "touch ran' "$STUB_LOG"
  done
  ALLOWED_TOOLS='Read;touch ran' "$run_agent" --inside
  run find "$BATS_TEST_TMPDIR" -name ran
  [ -z "$output" ]
}

@test "a runner prints its command and runs nothing" {
  for agent in "${agents[@]}"; do
    run env AGENT_CLI="$agent" LLM_MODEL=m ALLOWED_TOOLS='Read; touch '"$BATS_TEST_TMPDIR"'/ran' OPENAI_BASE_URL=http://o \
      bash -c 'source "$1/common.sh"; source "$1/$AGENT_CLI.sh"' _ "$runners"
    [ "$status" -eq 0 ]
    [[ $output == *"exec "*"$agent "* ]]
    bash -n -c "$output"
  done
  [ ! -e "$STUB_LOG.calls" ]
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "there are a runner and a post hook for every agent, beside common.sh" {
  for file in common.sh {claude,codex,gemini,goose,opencode}{,-post}.sh; do [ -f "$runners/$file" ]; done
}

@test "a sixth agent is one pair of files" {
  add_sixth_agent
  mkdir -p "$AGENT_HOME/.sixth/session" "$SKILLS/some-skill"
  echo '{"command":"kubectl get nodes"}' >"$AGENT_HOME/.sixth/session/log.jsonl"
  AGENT_CLI=sixth DEBUG=true "$run_agent" --inside
  [ "$(cat "$STUB_LOG.calls")" = 'sixth-cli --model six-1' ]
  cmp "$WORKSPACE/prompt-sent.md" "$STUB_LOG.stdin"
  [ -d "$AGENT_HOME/.sixth/skills/some-skill" ]
  tar -tzf "$WORKSPACE/logs/agent-session.tar.gz" | grep -x '.sixth/session/log.jsonl'
  grep -x 'kubectl get nodes' "$WORKSPACE/logs/agent-commands-executed.log"
  unset SIXTH_KEY
  AGENT_CLI=sixth run "$run_agent" --inside
  [ "$status" -eq 2 ]
  [[ $output == *SIXTH_KEY* ]]
}

@test "an agent without a post hook is warned of, and ends as it ended" {
  add_sixth_agent
  rm "$runners/sixth-post.sh"
  AGENT_CLI=sixth CLI_STUB_RUN='exit 4' run "$run_agent" --inside
  [ "$status" -eq 4 ]
  [[ $output == *'warning: there is no post hook for sixth'* ]]
}

@test "skills are linked into a home that was moved" {
  mkdir -p "$SKILLS/some-skill"
  export CLAUDE_CONFIG_DIR=$BATS_TEST_TMPDIR/m/claude CODEX_HOME=$BATS_TEST_TMPDIR/m/codex GEMINI_CLI_HOME=$BATS_TEST_TMPDIR/m/gemini
  export OPENCODE_CONFIG_DIR=$BATS_TEST_TMPDIR/m/opencode GOOSE_PATH_ROOT=$BATS_TEST_TMPDIR/m/goose
  for agent in "${agents[@]}"; do
    AGENT_CLI=$agent "$run_agent" --inside
    AGENT_CLI=$agent "$run_agent" --inside
  done
  for folder in claude codex gemini/.gemini opencode goose/config; do
    [ "$(readlink "$BATS_TEST_TMPDIR/m/$folder/skills/some-skill")" = "$SKILLS/some-skill" ]
  done
}

@test "bash, coreutils and sed are enough" {
  mkdir "$BATS_TEST_TMPDIR/few"
  for command in bash sed env cat tr mkdir ln mktemp rm paste timeout sleep date; do
    ln -s "$(type -P "$command")" "$BATS_TEST_TMPDIR/few/"
  done
  ln -s "$(type -P claude)" "$BATS_TEST_TMPDIR/few/"
  mkdir -p "$AGENT_HOME/.kube" "$SKILLS/k8s-troubleshooter/scripts"
  echo 'apiVersion: v1' >"$AGENT_HOME/.kube/config"
  echo 'echo "TRIAGE FINDINGS" >"$2/triage-report.md"' >"$SKILLS/k8s-troubleshooter/scripts/incident_triage.sh"
  PATH=$BATS_TEST_TMPDIR/few run "$run_agent" --inside
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  cmp "$WORKSPACE/prompt-sent.md" "$STUB_LOG.stdin"
  grep 'TRIAGE FINDINGS' "$WORKSPACE/prompt-sent.md"
}

@test "without the key it ends with 2 and names it" {
  unset ANTHROPIC_API_KEY
  run "$run_agent" --inside
  [ "$status" -eq 2 ]
  [[ $output == *ANTHROPIC_API_KEY* ]]
}

@test "Claude keeps to the tools it was given: approved, and no other there" {
  ALLOWED_TOOLS='Bash(kubectl get:*),Read' LLM_MODEL=opus "$run_agent" --inside
  [ "$(argument_after --allowedTools)" = 'Bash(kubectl get:*),Read' ]
  [ "$(argument_after --tools)" = Bash,Read ]
  [ "$(argument_after --model)" = opus ]
}

@test "an agent that cannot be restricted to tools refuses to run as if it were" {
  for agent in codex gemini goose opencode; do
    AGENT_CLI=$agent ALLOWED_TOOLS=Read run "$run_agent" --inside
    [ "$status" -eq 2 ]
    [[ $output == *'cannot be restricted to tools'* ]]
  done
  [ ! -e "$STUB_LOG.calls" ]
}

@test "a named model reaches every agent" {
  for agent in "${agents[@]}"; do
    AGENT_CLI=$agent LLM_MODEL=special "$run_agent" --inside
    [[ $(argument_after --model) == *special ]]
  done
}

@test "without a model it is sonnet for Claude, and for the others what versions.env names" {
  "$run_agent" --inside
  [ "$(argument_after --model)" = sonnet ]
  for agent in codex gemini goose opencode; do
    AGENT_CLI=$agent "$run_agent" --inside
    expected=$(sed -n "s/^${agent^^}_DEFAULT_MODEL=//p" "$runners/../agent-image/versions.env")
    [ -n "$expected" ]
    [ "$(argument_after --model)" = "$expected" ]
  done
}

@test "workspace and output are granted to agents that keep to folders" {
  "$run_agent" --inside
  [ "$(grep -A2 -x -- --add-dir "$STUB_LOG" | tail -n 2)" = "$WORKSPACE"$'\n'"$OUTPUT" ]
  AGENT_CLI=gemini "$run_agent" --inside
  [ "$(grep -A1 -x -- --include-directories "$STUB_LOG" | grep -v -- '^--')" = "$WORKSPACE"$'\n'"$OUTPUT" ]
}

@test "Codex is logged in with its key before it runs, and does not run when that fails" {
  AGENT_CLI=codex "$run_agent" --inside
  [ "$(cut -d' ' -f1-2 "$STUB_LOG.calls" | paste -sd' ')" = 'codex login codex exec' ]
  [ "$(cat "$STUB_LOG.login")" = "$OPENAI_API_KEY" ]
  run grep secret-value "$STUB_LOG.calls"
  [ "$status" -eq 1 ]
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\n[ "$1" != login ] || exit 5\ntouch %q\n' "$BATS_TEST_TMPDIR/ran" >"$BATS_TEST_TMPDIR/bin/codex"
  chmod +x "$BATS_TEST_TMPDIR/bin/codex"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH AGENT_CLI=codex run "$run_agent" --inside
  [ "$status" -eq 5 ]
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "Codex gets a provider of its own for a base URL, and none without" {
  AGENT_CLI=codex "$run_agent" --inside
  run grep gateway "$STUB_LOG"
  [ "$status" -eq 1 ]
  AGENT_CLI=codex OPENAI_BASE_URL=http://h/v1 "$run_agent" --inside
  grep -x 'model_provider=gateway' "$STUB_LOG"
  grep -F 'base_url="http://h/v1"' "$STUB_LOG"
}

@test "OpenCode is told of its model, which it may not know" {
  export CLI_STUB_RUN='printenv OPENCODE_CONFIG_CONTENT | jq . >"$STUB_LOG.config"'
  for model in 'openai/a"b' 'a"b'; do
    AGENT_CLI=opencode LLM_MODEL=$model "$run_agent" --inside
    [ "$(argument_after --model)" = 'openai/a"b' ]
    [ "$(jq -c . "$STUB_LOG.config")" = '{"autoupdate":false,"share":"disabled","permission":{"*":"allow"},"provider":{"openai":{"models":{"a\"b":{}}}}}' ]
  done
}

@test "OpenCode and Goose take another provider's key, model and base URL" {
  export CLI_STUB_RUN='printenv OPENCODE_CONFIG_CONTENT | jq . >"$STUB_LOG.config"; printenv GOOSE_PROVIDER >>"$STUB_LOG" || true'
  unset OPENAI_API_KEY
  export ANTHROPIC_API_KEY=k LLM_PROVIDER=anthropic
  AGENT_CLI=opencode ANTHROPIC_BASE_URL=http://h/v1 "$run_agent" --inside
  [ "$(argument_after --model)" = anthropic/claude-sonnet-4-20250514 ]
  [ "$(jq -r '.provider.anthropic.options.baseURL' "$STUB_LOG.config")" = '{env:ANTHROPIC_BASE_URL}' ]
  AGENT_CLI=goose "$run_agent" --inside
  [ "$(argument_after --model)" = claude-sonnet-4-20250514 ]
  grep -x anthropic "$STUB_LOG"
  unset ANTHROPIC_API_KEY
  run env AGENT_CLI=goose OPENAI_API_KEY=k "$run_agent" --inside
  [ "$status" -eq 2 ]
  [[ $output == *ANTHROPIC_API_KEY* ]]
}

@test "Gemini takes its key from either variable, and settings that are there stay" {
  export CLI_STUB_RUN='printenv GEMINI_API_KEY >"$STUB_LOG.key"'
  AGENT_CLI=gemini "$run_agent" --inside
  [ "$(cat "$STUB_LOG.key")" = "$GEMINI_API_KEY" ]
  [ "$(jq -r .security.auth.selectedType "$AGENT_HOME/.gemini/settings.json")" = gemini-api-key ]
  echo '{}' >"$AGENT_HOME/.gemini/settings.json"
  unset GEMINI_API_KEY
  AGENT_CLI=gemini GOOGLE_API_KEY=google-secret-value "$run_agent" --inside
  [ "$(cat "$STUB_LOG.key")" = google-secret-value ]
  [ "$(cat "$AGENT_HOME/.gemini/settings.json")" = '{}' ]
}

@test "Goose asks no keyring" {
  AGENT_CLI=goose CLI_STUB_RUN='printenv GOOSE_DISABLE_KEYRING >"$STUB_LOG.keyring"' "$run_agent" --inside
  [ "$(cat "$STUB_LOG.keyring")" = 1 ]
}

@test "TERM reaches the agent, and the post hook still runs" {
  mkdir -p "$AGENT_HOME/.claude/projects"
  export DEBUG=true CLI_STUB_RUN='trap "exit 33" TERM; touch "$WORKSPACE/up"; while :; do sleep 0.1; done'
  "$run_agent" --inside 3>&- &
  pid=$!
  for _ in {1..100}; do [ ! -e "$WORKSPACE/up" ] || break; sleep 0.05; done
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  [ "$status" -eq 33 ]
  [ -s "$WORKSPACE/logs/agent-session.tar.gz" ]
}

@test "an agent that ignores TERM is killed, and the post hook still runs" {
  mkdir -p "$AGENT_HOME/.claude/projects"
  export DEBUG=true CLI_STUB_RUN='trap "" TERM; touch "$WORKSPACE/up"; while [ -d "$WORKSPACE" ]; do sleep 0.1; done'
  "$run_agent" --inside 3>&- &
  pid=$!
  for _ in {1..100}; do [ ! -e "$WORKSPACE/up" ] || break; sleep 0.05; done
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  [ "$status" -eq 137 ]
  [ -s "$WORKSPACE/logs/agent-session.tar.gz" ]
}
