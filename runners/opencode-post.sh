# shellcheck shell=bash
# Post hook for OpenCode, which keeps its sessions in a database: they are exported by OpenCode itself.

opencode_session() {
  local stage id
  stage=$(mktemp -d)
  for id in $(opencode session list --format json 2>/dev/null | jq -r '.[].id'); do
    opencode export "$id" 2>/dev/null | jq -c . >"$stage/$id.json"
  done
  [[ -n $(ls "$stage") ]] || { debug 'OpenCode has no session'; return 0; }
  archive_session .opencode "$stage" .
  cat "$stage"/*.json | write_commands '.messages[].parts[] | select(.type == "tool" and .tool == "bash") | .state.input.command'
  rm -rf "$stage"
}

if [[ ${DEBUG:-false} == true ]]; then opencode_session; fi
