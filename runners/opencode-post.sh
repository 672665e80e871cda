# shellcheck shell=bash
# Post hook for OpenCode, which keeps its sessions in a database: they are exported by OpenCode itself.

opencode_session() {
  local stage id
  stage=$(mktemp -d)
  for id in $(opencode session list --format json 2>/dev/null | jq -r '.[].id'); do
    # Into a file: of what it writes to a pipe, OpenCode leaves all but the first 64 KiB behind.
    opencode export "$id" >"$stage/exported" 2>/dev/null
    jq -c . <"$stage/exported" >"$stage/$id.json"
  done
  rm -f "$stage/exported"
  [[ -n $(ls "$stage") ]] || { debug 'OpenCode has no session'; return 0; }
  archive_session .opencode "$stage" .
  cat "$stage"/*.json | write_commands '.messages[].parts[] | select(.type == "tool" and .tool == "bash") | .state.input.command'
  rm -rf "$stage"
}

if [[ ${DEBUG:-false} == true ]]; then opencode_session; fi
