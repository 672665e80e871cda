# shellcheck shell=bash
# Post hook for Gemini CLI, which keeps its sessions in .gemini/tmp/<project>/chats.

gemini_session() {
  local folder=${GEMINI_CLI_HOME:-$HOME}/.gemini
  [[ -d $folder/tmp ]] || { debug "no session in $folder/tmp"; return 0; }
  archive_session .gemini "$folder" tmp
  find "$folder/tmp" -path '*/chats/*' -name '*.json*' -exec cat {} + |
    write_commands '.toolCalls? | arrays[] | select(.name == "run_shell_command") | .args.command'
}

if [[ ${DEBUG:-false} == true ]]; then gemini_session; fi
