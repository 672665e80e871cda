# shellcheck shell=bash
# Post hook for Codex CLI, which keeps its session in sessions/ of its home, beside auth.json with the key.

codex_session() {
  local home=${CODEX_HOME:-$HOME/.codex}
  [[ -d $home/sessions ]] || { debug "no session in $home/sessions"; return 0; }
  archive_session .codex "$home" sessions
  # The tool's name and argument depend on the model.
  find "$home/sessions" -name '*.jsonl' -exec cat {} + | write_commands '
    select(.type == "response_item") | .payload
    | if .type == "function_call" then .arguments | fromjson? | objects | .cmd // .command // empty
      elif .type == "local_shell_call" then .action.command
      elif .type == "custom_tool_call" then .input
      else empty end
    | if type == "array" then .[-1] else . end | strings'
}

if [[ ${DEBUG:-false} == true ]]; then codex_session; fi
