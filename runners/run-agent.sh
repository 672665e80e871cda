#!/usr/bin/env bash
# Runs one AI agent on one incident. Two halves: the host's starts the container; `--inside` is what runs in it, started
# by the host's half or by triaged-init.
set -euo pipefail

# In the container the path is whole already, and an agent waits for every process.
RUNNERS=${BASH_SOURCE[0]%/*}
[[ $RUNNERS == /* ]] || RUNNERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=runners/common.sh
source "$RUNNERS/common.sh"

readonly GRACE_SECONDS=10
readonly CONTAINER_RUNNERS=/opt/triaged/runners
readonly AGENT_UID=10001

usage() {
  cat <<USAGE
Usage: run-agent.sh -w WORKSPACE [options] [PROMPT]

Triages the incident in WORKSPACE/incident.json in a container. The agent writes to WORKSPACE/output; what it prints is
shown and kept in WORKSPACE/output/triage_<agent>_<timestamp>.log.

  -w WORKSPACE       the incident's directory (required)
  -a AGENT           $(available_agents | paste -sd'|') (default: $DEFAULT_AGENT)
  -m MODEL           model; the agent's default otherwise
  -t TOOLS           tools that the agent may use (default: $DEFAULT_ALLOWED_TOOLS)
  --timeout SECONDS  time limit (CONTAINER_TIMEOUT; default: 600)
  --memory SIZE      memory limit, such as 512m (CONTAINER_MEMORY; default: 2g)
  --image IMAGE      container image (AGENT_IMAGE; default: k8s-triage-agent:latest)
  --debug            keep the agent's session in WORKSPACE/logs (DEBUG=true)
  -h, --help         this text
  PROMPT             what to ask; WORKSPACE/prompt.md otherwise

The agent's key comes from the environment, e.g. ANTHROPIC_API_KEY; ANTHROPIC_BASE_URL is passed on when set.
Exits with the agent's own code; 124 when the time was up, 2 when something is missing or wrong.
USAGE
}

# --- the inside half ---------------------------------------------------------------------------------------------------

# Runs "$@" with standard input from a file; TERM is passed on and its end awaited, so that the post hook always runs.
run_to_its_end() {
  local input=$1 pid status=0
  shift
  "$@" <"$input" &
  pid=$!
  trap 'kill -TERM "$pid" 2>/dev/null || true' TERM INT
  while :; do
    status=0
    wait "$pid" || status=$?
    kill -0 "$pid" 2>/dev/null || break
  done
  trap '' TERM INT
  return "$status"
}

run_inside() {
  : "${WORKSPACE:=/workspace}" "${OUTPUT:=/output}" "${AGENT_HOME:=${HOME:-/home/agent}}"
  AGENT_CLI=${AGENT_CLI:-$DEFAULT_AGENT}
  ALLOWED_TOOLS=${ALLOWED_TOOLS:-$DEFAULT_ALLOWED_TOOLS}
  LLM_MODEL=${LLM_MODEL:-}
  export WORKSPACE OUTPUT AGENT_HOME AGENT_CLI ALLOWED_TOOLS LLM_MODEL
  require_known_agent "$AGENT_CLI"
  local key
  key=$(key_variable "$AGENT_CLI")
  [[ -n ${!key:-} ]] || die "$key is not set; the agent \"$AGENT_CLI\" needs it"

  # Too long for an argument: a file holds exactly what the agent is sent.
  print_prompt >"$WORKSPACE/prompt-sent.md"
  # shellcheck disable=SC2034 # for the runners
  PROMPT=$(<"$WORKSPACE/prompt-sent.md")
  local agent_command status=0
  # shellcheck source=runners/claude.sh
  agent_command=$(source "$RUNNERS/$AGENT_CLI.sh")
  cd "$WORKSPACE"
  debug "command: $agent_command"
  eval "run_to_its_end \"\$WORKSPACE/prompt-sent.md\" $agent_command" || status=$?

  if [[ -f $RUNNERS/$AGENT_CLI-post.sh ]]; then
    # shellcheck source=runners/claude-post.sh
    (source "$RUNNERS/$AGENT_CLI-post.sh") || debug 'the post hook failed'
  else
    log "warning: there is no post hook for $AGENT_CLI"
  fi
  return "$status"
}

# --- the host half -----------------------------------------------------------------------------------------------------

needs_value() { (($2 > 1)) || die "$1 needs a value"; }

parse_flags() {
  workspace='' prompt=''
  agent=$DEFAULT_AGENT model='' tools=$DEFAULT_ALLOWED_TOOLS
  timeout_seconds=${CONTAINER_TIMEOUT:-600} memory=${CONTAINER_MEMORY:-2g}
  image=${AGENT_IMAGE:-k8s-triage-agent:latest} debug_mode=${DEBUG:-false}
  while (($# > 0)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      -w) needs_value "$1" $#; workspace=$2; shift ;;
      -a) needs_value "$1" $#; agent=$2; shift ;;
      -m) needs_value "$1" $#; model=$2; shift ;;
      -t) needs_value "$1" $#; tools=$2; shift ;;
      --timeout) needs_value "$1" $#; timeout_seconds=$2; shift ;;
      --memory) needs_value "$1" $#; memory=$2; shift ;;
      --image) needs_value "$1" $#; image=$2; shift ;;
      --debug) debug_mode=true ;;
      --) shift; prompt=$*; break ;;
      -*) die "unknown option $1; see --help" ;;
      *) [[ -z $prompt ]] || die 'more than one prompt; put it in quotes'; prompt=$1 ;;
    esac
    shift
  done
}

check_flags() {
  [[ -n $workspace ]] || die 'no workspace: give the directory of the incident with -w'
  [[ -d $workspace ]] || die "the workspace $workspace is not a directory; create it and put incident.json in it"
  workspace=$(cd "$workspace" && pwd -P)
  [[ $workspace != *:* ]] || die 'the path of the workspace must not contain a colon'
  require_known_agent "$agent"
  key=$(key_variable "$agent")
  [[ -n ${!key:-} ]] || die "$key is not set; the agent \"$agent\" needs it"
  [[ $timeout_seconds =~ ^[1-9][0-9]{0,5}$ ]] || die "the timeout must be a whole number of seconds, not \"$timeout_seconds\""
  [[ $memory =~ ^[1-9][0-9]*[bkmgBKMG]?$ ]] || die "the memory must be a size such as 512m or 2g, not \"$memory\""
  command -v docker >/dev/null || die 'the docker command is missing'
}

# The container's user must be able to write to the workspace: the caller, or the image's own user when root calls.
prepare_workspace() {
  mkdir -p "$workspace/output" "$workspace/logs"
  [[ -z $prompt ]] || printf '%s\n' "$prompt" >"$workspace/prompt.md"
  user=$(id -u):$(id -g)
  [[ $EUID == 0 ]] || return 0
  user=$AGENT_UID:$AGENT_UID
  chown "$user" "$workspace" "$workspace/output" "$workspace/logs"
}

run_host() {
  local workspace prompt agent model tools timeout_seconds memory image debug_mode key user container log_file status
  parse_flags "$@"
  check_flags
  prepare_workspace
  container=triage-$agent-$$-$(date -u +%s)
  log_file=$workspace/output/triage_${agent}_$(date -u +%Y%m%d_%H%M%S).log
  # shellcheck disable=SC2064
  trap "docker rm -f '$container' >/dev/null 2>&1 || true" EXIT

  local owner="uid=${user%:*},gid=${user#*:},mode=0700,exec"
  local docker_run=(
    docker run --rm --init --name "$container" --label triaged.standalone=true
    --user "$user" --read-only --cap-drop ALL --security-opt no-new-privileges
    --memory "$memory" --memory-swap "$memory" --pids-limit 512
    --tmpfs /tmp:exec --tmpfs "/home/agent/.claude:$owner" --tmpfs "/home/agent/.cache:$owner" --tmpfs "/home/agent/.local:$owner"
    --volume "$workspace:/workspace" --volume "$workspace/output:/output"
    --env "$key" --env HOME=/home/agent --env AGENT_HOME=/home/agent --env CLAUDE_CONFIG_DIR=/home/agent/.claude
    --env WORKSPACE=/workspace --env OUTPUT=/output
    --env "AGENT_CLI=$agent" --env "LLM_MODEL=$model" --env "ALLOWED_TOOLS=$tools" --env "DEBUG=$debug_mode"
  )
  local variable
  for variable in $(passed_on_variables "$agent"); do
    [[ -z ${!variable:-} ]] || docker_run+=(--env "$variable")
  done
  docker_run+=(--entrypoint "$CONTAINER_RUNNERS/run-agent.sh" "$image" --inside)
  local started=$SECONDS
  # tee outlives a Ctrl-C, so that the log keeps the agent's last words.
  set +e
  timeout --kill-after="$((GRACE_SECONDS + 5))" "$timeout_seconds" "${docker_run[@]}" 2>&1 | (trap '' INT; exec tee "$log_file")
  status=${PIPESTATUS[0]}
  set -e
  # `timeout` says 137, not 124, when it had to kill.
  if ((status == 137 && SECONDS - started >= timeout_seconds)); then status=124; fi
  ((status != 124)) || log "the time was up after $timeout_seconds seconds"
  log "log: $log_file"
  return "$status"
}

if [[ ${1:-} == --inside ]]; then run_inside; else run_host "$@"; fi
