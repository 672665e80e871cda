# shellcheck shell=bash
# What the post hooks share: the session's archive and the list of commands, in $WORKSPACE/logs. Sourced by the inside half;
# a post hook runs after the agent, in a subshell, whose failure is a debug message. Known secrets are masked.

# The credentials that the agent could read, one a line: its key, and what its kubeconfig holds.
known_secrets() {
  local name
  for name in "${AGENT_KEYS[@]}"; do printf '%s\n' "${!name:-}"; done
  ! has_kubeconfig || sed -n 's/^[- ]*\(token\|password\|client-key-data\): *//p' "${KUBECONFIG:-$HOME/.kube/config}" | tr -d "\"'"
}

# Copies standard input to standard output, with *** for the known secrets of eight characters and more.
mask_secrets() {
  LC_ALL=C sed -f <(known_secrets | sed -n '/.\{8\}/{s/[]\/$*.^[]/\\&/g; s/.*/s\/&\/***\/g/p}')
}

# archive_session TOP FOLDER PATH…: archives the PATHs below FOLDER under TOP/. Name what belongs to the session, never a
# folder with credentials in it.
archive_session() {
  local top=$1 folder=$2 stage file
  shift 2
  stage=$(mktemp -d)
  mkdir -p "$stage/$top" "$WORKSPACE/logs"
  (cd "$folder" && find "$@" -type f -print0) | while IFS= read -rd '' file; do
    file=./$file
    mkdir -p "$stage/$top/${file%/*}"
    mask_secrets <"$folder/$file" >"$stage/$top/$file"
  done
  if ! tar -C "$stage" -czf "$WORKSPACE/logs/agent-session.tar.gz" "$top"; then
    debug 'the session could not be archived'
    rm -f "$WORKSPACE/logs/agent-session.tar.gz"
  fi
  rm -rf "$stage"
}

# The incident's own id, else the name of its folder.
incident_id() {
  local id
  id=$(jq -r '.id | strings, numbers' "$WORKSPACE/incident.json" 2>/dev/null) || true
  printf '%s' "${id:-${INCIDENT_FOLDER:-${RUN_ID:-${WORKSPACE##*/}}}}" | tr '[:cntrl:]' ' '
}

# write_commands FILTER: lists the commands that the jq filter finds in the JSON values on standard input.
write_commands() {
  mkdir -p "$WORKSPACE/logs"
  {
    printf '# agent: %s\n# timestamp: %s\n# incident: %s\n' "$AGENT_CLI" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(incident_id)"
    jq -Rr "fromjson? | $1" | mask_secrets
  } >"$WORKSPACE/logs/agent-commands-executed.log" || debug 'not every command could be listed'
}
