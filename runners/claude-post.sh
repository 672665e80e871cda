# shellcheck shell=bash
# Post hook for Claude Code, sourced after it has ended: in DEBUG mode archives the session (never settings or keys) and
# lists the commands that the agent ran. What is missing is a debug message, never a failure.

claude_session() {
  local config=${CLAUDE_CONFIG_DIR:-$AGENT_HOME/.claude} logs=$WORKSPACE/logs
  [[ -d $config/projects ]] || { debug "no session in $config/projects"; return 0; }
  mkdir -p "$logs" || return 0
  tar -C "$config" --transform 's,^,.claude/,' -czf "$logs/agent-session.tar.gz" projects || debug 'the session could not be archived'
  command -v jq >/dev/null || { debug 'no jq: the commands are not listed'; return 0; }
  {
    print_commands_header
    find "$config/projects" -name '*.jsonl' -exec cat {} + |
      jq -Rr 'fromjson? | .message?.content? | arrays[] | select(.type? == "tool_use" and .name == "Bash") | .input.command'
  } >"$logs/agent-commands-executed.log" || debug 'the commands could not be listed'
}

if [[ ${DEBUG:-false} == true ]]; then claude_session; fi
