#!/usr/bin/env bats
# What the post hooks leave in DEBUG mode, from sessions in the form in which the CLIs keep them. tests/e2e shows the same
# with the CLIs themselves.
# shellcheck disable=SC2016,SC2030,SC2031,SC2153,SC2154 # stubs evaluate text; each test is a subshell; variables of helpers.bash

load helpers

setup() {
  set_up_inside
  export DEBUG=true STUB_SESSION=$BATS_TEST_TMPDIR/session.json
  commands=$WORKSPACE/logs/agent-commands-executed.log
  archive=$WORKSPACE/logs/agent-session.tar.gz
}

# A session of agent $1 in which it ran `kubectl get pods` and two lines of shell, and read its key; beside it what must stay.
with_session() {
  local two='echo "a"\nid'
  case $1 in
    claude)
      mkdir -p "$AGENT_HOME/.claude/projects/p"
      echo key >"$AGENT_HOME/.claude/.credentials.json"
      printf '{"message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":%s}}]}}\n' '"kubectl get pods"' '"echo \"a\"\nid"' \
        >"$AGENT_HOME/.claude/projects/p/s.jsonl"
      printf '{"message":{"content":"%s"}}\n{"cut' "$ANTHROPIC_API_KEY" >>"$AGENT_HOME/.claude/projects/p/s.jsonl"
      ;;
    codex)
      mkdir -p "$AGENT_HOME/.codex/sessions/2026/11"
      echo key >"$AGENT_HOME/.codex/auth.json"
      jq -nc --arg two "$(printf '%b' "$two")" --arg key "$OPENAI_API_KEY" '
        {type: "session_meta"},
        {type: "response_item", payload: {type: "function_call", name: "exec_command", arguments: ({cmd: "kubectl get pods"} | tojson)}},
        {type: "response_item", payload: {type: "function_call", name: "shell", arguments: ({command: ["bash", "-lc", $two]} | tojson)}},
        {type: "response_item", payload: {type: "function_call_output", output: $key}}' >"$AGENT_HOME/.codex/sessions/2026/11/rollout-1.jsonl"
      ;;
    gemini)
      mkdir -p "$AGENT_HOME/.gemini/tmp/agent/chats"
      echo key >"$AGENT_HOME/.gemini/oauth_creds.json"
      jq -nc --arg two "$(printf '%b' "$two")" --arg key "$GEMINI_API_KEY" '
        {type: "user", content: "hello"},
        {type: "gemini", toolCalls: [{name: "run_shell_command", args: {command: "kubectl get pods"}}]},
        {type: "gemini", toolCalls: [{name: "run_shell_command", args: {command: $two}, result: $key}, {name: "read_file", args: {}}]}' \
        >"$AGENT_HOME/.gemini/tmp/agent/chats/session-1.jsonl"
      ;;
    opencode)
      jq -n --arg two "$(printf '%b' "$two")" --arg key "$OPENAI_API_KEY" '{info: {id: "ses_1"}, messages: [{parts: [
        {type: "text", text: $key},
        {type: "tool", tool: "bash", state: {input: {command: "kubectl get pods"}}},
        {type: "tool", tool: "bash", state: {input: {command: $two}}}]}]}' >"$STUB_SESSION"
      ;;
    goose)
      jq -n --arg two "$(printf '%b' "$two")" --arg key "$OPENAI_API_KEY" '{id: "1", conversation: [
        {role: "user", content: [{type: "text", text: $key}]},
        {role: "assistant", content: [{type: "toolRequest", toolCall: {status: "success", value: {name: "shell", arguments: {command: "kubectl get pods"}}}}]},
        {role: "assistant", content: [{type: "toolRequest", toolCall: {status: "error", error: "no such tool"}}]},
        {role: "assistant", content: [{type: "toolRequest", toolCall: {status: "success", value: {name: "shell", arguments: {command: $two}}}}]}]}' >"$STUB_SESSION"
      ;;
  esac
}

declare -A session_file=(
  [claude]=.claude/projects/p/s.jsonl [codex]=.codex/sessions/2026/11/rollout-1.jsonl
  [gemini]=.gemini/tmp/agent/chats/session-1.jsonl [opencode]=.opencode/ses_1.json [goose]=.goose/session.json
)

@test "the session is archived under the agent's own folder, and nothing beside it" {
  for agent in "${!session_file[@]}"; do
    rm -rf "$WORKSPACE/logs"
    with_session "$agent"
    AGENT_CLI=$agent "$run_agent" --inside
    [ "$(tar -tzf "$archive" | grep -v '/$')" = "${session_file[$agent]}" ]
  done
}

@test "the kubeconfig's credentials are in neither artifact" {
  with_session claude
  mkdir "$AGENT_HOME/.kube"
  printf 'users:\n- name: u\n  user:\n    token: "to/ken.of&the*[clu]ster+{x}|^$?(y)"\n- user:\n    client-key-data: S0VZIERBVEE=\n' >"$AGENT_HOME/.kube/config"
  printf '{"message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":"curl to/ken.of&the*[clu]ster+{x}|^$?(y) S0VZIERBVEE= end"}}]}}\n' \
    >"$AGENT_HOME/.claude/projects/p/s.jsonl"
  "$run_agent" --inside
  [ "$(tail -n 1 "$commands")" = 'curl *** *** end' ]
  tar -xzOf "$archive" .claude/projects/p/s.jsonl | grep -F 'curl *** *** end'
}

@test "the agent's key is in neither artifact" {
  for agent in "${!session_file[@]}"; do
    with_session "$agent"
    AGENT_CLI=$agent CLI_STUB_RUN='true' "$run_agent" --inside
    tar -xzf "$archive" -C "$BATS_TEST_TMPDIR"
    grep -F '***' "$BATS_TEST_TMPDIR/${session_file[$agent]}"
    run grep -r secret-value "$BATS_TEST_TMPDIR/${session_file[$agent]}" "$commands"
    [ "$status" -eq 1 ]
  done
}

@test "the commands are listed below the standard header" {
  for agent in "${!session_file[@]}"; do
    with_session "$agent"
    AGENT_CLI=$agent "$run_agent" --inside
    [[ $(sed -n 2p "$commands") =~ ^'# timestamp: '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$ ]]
    [ "$(sed 2d "$commands")" = "# agent: $agent"$'\n# incident: INC-1\nkubectl get pods\necho "a"\nid' ]
  done
}

@test "the header names the incident's id, else its folder, on one line" {
  with_session claude
  for expected in '{"id":"INC-7"}:INC-7' '{"id":7}:7' '{"title":"x"}:folder-3' 'no JSON:folder-3' '{"id":"a\n# agent: b"}:a # agent: b'; do
    printf '%s' "${expected%:*}" >"$WORKSPACE/incident.json"
    expected=${expected#*\}:} expected=${expected#no JSON:}
    INCIDENT_FOLDER=folder-3 "$run_agent" --inside
    [ "$(sed -n 3p "$commands")" = "# incident: $expected" ]
  done
  rm "$WORKSPACE/incident.json"
  "$run_agent" --inside
  [ "$(sed -n 3p "$commands")" = '# incident: workspace' ]
}

@test "a session that is not there is a debug message, and the agent's end stays its own" {
  for agent in "${!session_file[@]}"; do
    rm -rf "$STUB_SESSION"
    AGENT_CLI=$agent run "$run_agent" --inside
    [ "$status" -eq 0 ]
    [[ $output == *'debug: '*'no session'* ]]
    AGENT_CLI=$agent CLI_STUB_RUN='exit 9' run "$run_agent" --inside
    [ "$status" -eq 9 ]
  done
  [ ! -e "$archive" ]
}

@test "a session that cannot be kept is a debug message" {
  with_session claude
  touch "$WORKSPACE/logs"
  run "$run_agent" --inside
  [ "$status" -eq 0 ]
  [[ $output == *'debug: the session could not be archived'* ]]
}

@test "without tar or jq what can be kept is kept" {
  with_session claude
  mkdir "$BATS_TEST_TMPDIR/few"
  for command in bash env cat sed tr mkdir mktemp rm date ls wc head sleep find timeout iconv; do
    ln -s "$(type -P "$command")" "$BATS_TEST_TMPDIR/few/"
  done
  ln -s "$BATS_TEST_DIRNAME/stubs/run-agent/claude" "$BATS_TEST_TMPDIR/few/"
  PATH=$BATS_TEST_TMPDIR/few run "$run_agent" --inside
  [ "$status" -eq 0 ]
  [[ $output == *'debug: the session could not be archived'*'debug: not every command could be listed'* ]]
  [ ! -e "$archive" ]
}

@test "the session is kept after a failure" {
  with_session claude
  CLI_STUB_RUN='exit 9' run "$run_agent" --inside
  [ "$status" -eq 9 ]
  [ -s "$archive" ]
  grep -x 'kubectl get pods' "$commands"
}

@test "what an earlier run left is not taken for this one's" {
  mkdir -p "$WORKSPACE/logs" "$WORKSPACE/baseline-triage"
  echo earlier | tee "$archive" "$commands" "$WORKSPACE/baseline-triage/triage-report.md" >"$BATS_TEST_TMPDIR/victim"
  ln -s "$BATS_TEST_TMPDIR/victim" "$WORKSPACE/prompt-sent.md"
  rm -rf "$STUB_SESSION"
  "$run_agent" --inside
  [ ! -e "$archive" ]
  [ ! -e "$commands" ]
  [ ! -e "$WORKSPACE/baseline-triage" ]
  [ "$(cat "$BATS_TEST_TMPDIR/victim")" = earlier ]
  [ ! -L "$WORKSPACE/prompt-sent.md" ]
  grep -q 'What happened?' "$WORKSPACE/prompt-sent.md"
}

@test "nothing is kept without DEBUG" {
  with_session claude
  DEBUG=false "$run_agent" --inside
  [ ! -e "$WORKSPACE/logs" ]
}
