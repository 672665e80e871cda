# shellcheck shell=bash
# Functions shared by both halves of run-agent.sh and the runners. Sourced, never run. Needs bash, coreutils and sed alone,
# because the inside half also runs on machines that have nothing more.
# shellcheck disable=SC2034 # constants for whoever sources this

readonly DEFAULT_AGENT=claude
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

# Sources the runner of agent $1 for what it says about its agent:
#   AGENT_KEYS            variables of which one must hold the key
#   AGENT_VARIABLES       variables that reach the agent when the caller has set them
#   AGENT_STATE_FOLDERS   what the CLI writes to, below the home
#   AGENT_DEFAULT_MODEL   when nobody names a model
#   AGENT_TOOLS           tools when nobody names them; empty: the agent cannot be restricted to tools
#   AGENT_SKILLS          the folder that the CLI looks for skills in
load_agent() {
  require_known_agent "$1"
  AGENT_KEYS=() AGENT_VARIABLES=() AGENT_STATE_FOLDERS=() AGENT_DEFAULT_MODEL='' AGENT_TOOLS='' AGENT_SKILLS=''
  # shellcheck source=runners/claude.sh
  source "$RUNNERS/$1.sh" >/dev/null
}

# The first of the loaded agent's key variables that is set; nothing for an agent that needs no key.
agent_key() {
  local name names=${AGENT_KEYS[*]}
  ((${#AGENT_KEYS[@]} > 0)) || return 0
  for name in "${AGENT_KEYS[@]}"; do
    [[ -z ${!name:-} ]] || { printf '%s' "$name"; return 0; }
  done
  die "${names// / or } is not set; the agent needs its key"
}

# A JSON string, also one of TOML.
json_string() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# Waits for the process $1 to its end, although trapped signals come in between; returns its exit code.
await_end() {
  local status
  while :; do
    status=0
    wait "$1" || status=$?
    kill -0 "$1" 2>/dev/null || return "$status"
  done
}
