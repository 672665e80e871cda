# shellcheck shell=bash
# Functions shared by run-agent.sh and the runners. Sourced, never run. Needs bash, coreutils and sed alone, because the
# inside half also runs on machines that have nothing more.
# shellcheck disable=SC2034 # constants for whoever sources this

readonly DEFAULT_AGENT=claude
readonly DEFAULT_ALLOWED_TOOLS=Bash,Read,Grep,Glob,Write
readonly DEFAULT_PROMPT='Triage this incident: find its root cause and write the report.'
readonly EXIT_USAGE=2

log() { printf '[run-agent] %s\n' "$*" >&2; }
debug() { [[ ${DEBUG:-false} != true ]] || log "debug: $*"; }
die() { printf 'run-agent.sh: %s\n' "$*" >&2; exit "$EXIT_USAGE"; }

# The agents that have a runner, one a line.
available_agents() {
  local runner
  for runner in "$RUNNERS"/*.sh; do
    runner=${runner##*/}
    case $runner in run-agent.sh | common.sh | *-post.sh) ;; *) printf '%s\n' "${runner%.sh}" ;; esac
  done
}

require_known_agent() {
  [[ $1 =~ ^[a-z]+$ && -f $RUNNERS/$1.sh && $1 != common ]] ||
    die "there is no agent \"$1\"; there are: $(available_agents | paste -sd' ')"
}

# The variable that an agent's key goes by.
key_variable() {
  case $1 in
    claude) printf ANTHROPIC_API_KEY ;;
    *) die "no key variable is known for the agent \"$1\"" ;;
  esac
}

# Variables that reach the container when the caller has set them.
passed_on_variables() {
  case $1 in
    claude) printf 'ANTHROPIC_BASE_URL\n' ;;
  esac
}

# Prints a file's JSON between tags; `<` becomes \u003c, which JSON reads as the same character, so that nothing in the
# data can close the tag.
print_json_block() {
  local tag=$1 file=$2
  [[ -f $file ]] || { debug "no $file"; return 0; }
  printf '<%s>\n' "$tag"
  sed 's/</\\u003c/g' "$file"
  printf '\n</%s>\n\n' "$tag"
}

# The whole prompt: system prompt, the form of the report, data, the user's words.
print_prompt() {
  local report_prompt
  cat "$RUNNERS/system-prompt.md"
  report_prompt=$(<"$RUNNERS/report-prompt.md")
  printf '\n%s\n\n' "${report_prompt//@OUTPUT@/"$OUTPUT"}"
  print_json_block incident "$WORKSPACE/incident.json"
  print_json_block kubernetes_cluster_access_permissions "$WORKSPACE/incident_cluster_permissions.json"
  if [[ -s $WORKSPACE/prompt.md ]]; then cat "$WORKSPACE/prompt.md"; else printf '%s\n' "$DEFAULT_PROMPT"; fi
}

# First string found under the usual names in incident.json.
incident_id() {
  local id=''
  if command -v jq >/dev/null; then
    id=$(jq -r 'first(.id, .incidentId, .incident_id | select(type == "string" or type == "number")) // empty' "$WORKSPACE/incident.json" 2>/dev/null) || true
  fi
  printf '%s' "${id:-${RUN_ID:-unknown}}"
}

print_commands_header() {
  printf '# agent: %s\n# timestamp: %s\n# incident: %s\n' "$AGENT_CLI" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(incident_id)"
}
