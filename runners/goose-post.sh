# shellcheck shell=bash
# Post hook for Goose, which keeps its sessions in a database: the one of this run is exported by Goose itself.

goose_session() {
  local stage
  stage=$(mktemp -d)
  if ! GOOSE_DISABLE_KEYRING=1 goose session export --name triage --format json 2>/dev/null | jq -c . >"$stage/session.json"; then
    debug 'Goose has no session'
    return 0
  fi
  archive_session .goose "$stage" session.json
  write_commands '.conversation[].content[] | select(.type == "toolRequest") | .toolCall.value.arguments.command? | strings' <"$stage/session.json"
  rm -rf "$stage"
}

if [[ ${DEBUG:-false} == true ]]; then goose_session; fi
