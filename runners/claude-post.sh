# shellcheck shell=bash
# Post hook for Claude Code, which keeps its session in projects/ of its configuration folder.

claude_session() {
  local config=${CLAUDE_CONFIG_DIR:-$HOME/.claude}
  [[ -d $config/projects ]] || { debug "no session in $config/projects"; return 0; }
  archive_session .claude "$config" projects
  find "$config/projects" -name '*.jsonl' -exec cat {} + |
    write_commands '.message?.content? | arrays[] | select(.type? == "tool_use" and .name == "Bash") | .input.command'
}

if [[ ${DEBUG:-false} == true ]]; then claude_session; fi
