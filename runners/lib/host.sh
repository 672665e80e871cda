# shellcheck shell=bash
# The host half: flags, checks, `docker run`, the log. Sourced by run-agent.sh. Trusts nothing that an earlier run's agent
# may have left in the workspace: no link in it is followed.

# shellcheck source=runners/lib/terminal.sh
source "$RUNNERS/lib/terminal.sh"

# After TERM the agent has 5 s and the post hook the rest.
readonly KILL_AFTER_SECONDS=15
readonly CONTAINER_RUNNERS=/opt/triaged/runners
readonly CONTAINER_HOME=/home/agent
readonly CONTAINER_KUBECONFIG=/root/.kube/config
readonly AGENT_UID=10001

usage() {
  cat <<USAGE
Usage: run-agent.sh -w WORKSPACE [options] [PROMPT]

Triages the incident in WORKSPACE/incident.json in a container. The agent writes to WORKSPACE/output; what it prints is
shown and kept in WORKSPACE/output/triage_<agent>_<timestamp>.log.

  -w WORKSPACE       the incident's directory (required)
  -a AGENT           $(available_agents | paste -sd'|') (default: $DEFAULT_AGENT)
  -m MODEL           model (default: the agent's; sonnet for claude)
  -t TOOLS           restrict Claude to these tools, e.g. Read,Grep,Glob,Bash
  -s FILE            system prompt, in place of the built-in one; safety and report rules always stay
  -d, --debug        keep the agent's session and its commands in WORKSPACE/logs (DEBUG=true)
  --timeout SECONDS  time limit (CONTAINER_TIMEOUT; default: 600)
  --memory SIZE      memory limit, such as 512m (CONTAINER_MEMORY; default: 2g)
  --kubeconfig FILE  the cluster's kubeconfig (KUBECONFIG; default: ~/.kube/config); the agent gets a copy, read-only
  --image IMAGE      container image (AGENT_IMAGE; default: k8s-triage-agent:latest)
  --raw              show what the agent prints as it is; without it a terminal is shown text and colours alone
  -h, --help         this text
  PROMPT             what to ask; WORKSPACE/prompt.md otherwise

The agent's key comes from the environment: ANTHROPIC_API_KEY for claude, OPENAI_API_KEY for codex, opencode and goose,
GEMINI_API_KEY or GOOGLE_API_KEY for gemini. A base URL is passed on when set: ANTHROPIC_BASE_URL, OPENAI_BASE_URL,
OPENAI_HOST (goose), GOOGLE_GEMINI_BASE_URL.
Exits with the agent's own code; 124 when the time was up, 2 when something is missing or wrong.
USAGE
}

needs_value() { (($2 > 1)) || die "$1 needs a value"; }

parse_flags() {
  workspace='' prompt='' agent=$DEFAULT_AGENT model='' tools='' system_prompt='' kubeconfig=''
  timeout_seconds=${CONTAINER_TIMEOUT:-600} memory=${CONTAINER_MEMORY:-2g}
  image=${AGENT_IMAGE:-k8s-triage-agent:latest} debug_mode=${DEBUG:-false} raw=false
  while (($# > 0)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      -w) needs_value "$1" $#; workspace=$2; shift ;;
      -a) needs_value "$1" $#; agent=$2; shift ;;
      -m) needs_value "$1" $#; model=$2; shift ;;
      -t) needs_value "$1" $#; tools=$2; shift ;;
      -s) needs_value "$1" $#; system_prompt=$2; shift ;;
      --timeout) needs_value "$1" $#; timeout_seconds=$2; shift ;;
      --memory) needs_value "$1" $#; memory=$2; shift ;;
      --kubeconfig) needs_value "$1" $#; kubeconfig=$2; shift ;;
      --image) needs_value "$1" $#; image=$2; shift ;;
      --raw) raw=true ;;
      -d | --debug) debug_mode=true ;;
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
  # Absolute, because cd would take a name such as -P for an option.
  [[ $workspace == /* ]] || workspace=$PWD/$workspace
  workspace=$(cd "$workspace" && pwd -P)
  [[ $workspace != *:* ]] || die 'the path of the workspace must not contain a colon'
  [[ ! $workspace -ef / && ! $workspace -ef $HOME ]] ||
    die "the agent could read and change all of $workspace; make a directory for the incident alone"
  load_agent "$agent"
  key=$(agent_key)
  [[ -z $tools || -n $AGENT_TOOLS ]] || die "the agent \"$agent\" cannot be restricted to tools; leave -t out"
  is_readable "$system_prompt" || die "the system prompt $system_prompt cannot be read"
  is_readable "$kubeconfig" || die "the kubeconfig $kubeconfig cannot be read"
  [[ $timeout_seconds =~ ^[1-9][0-9]{0,5}$ ]] || die "the timeout must be a whole number of seconds, not \"$timeout_seconds\""
  [[ $memory =~ ^[1-9][0-9]*[bkmgBKMG]?$ ]] || die "the memory must be a size such as 512m or 2g, not \"$memory\""
  require_image
}

# Nothing at all, or a file or pipe that can be read.
is_readable() { [[ -z $1 || (-r $1 && ! -d $1) ]]; }

# The image has to be there: nothing is fetched by a name that anybody could have taken in a public registry.
require_image() {
  command -v docker >/dev/null || die 'the docker command is missing; install Docker'
  ! docker image inspect "$image" >/dev/null 2>&1 || return 0
  docker version >/dev/null 2>&1 ||
    die "no Docker engine answers at ${DOCKER_HOST:-the default socket}; start it, set DOCKER_HOST, or get the right to use it"
  die "the engine has no image $image; 'npm run image' builds k8s-triage-agent:latest, 'docker pull' fetches one of yours"
}

# Replaces $workspace/$1 by standard input, and a link by a file.
put_into_workspace() {
  local fresh
  fresh=$(mktemp "$workspace/.$1.XXXXXX")
  cat >"$fresh"
  chmod 644 "$fresh"
  mv -fT "$fresh" "$workspace/$1"
}

# Two runs would take each other's prompt and session, and the agent of one could put links where the other's checks have been.
# Held by all that this script starts; where folders cannot be locked there is none.
lock_workspace() {
  local lock status=0
  exec {lock}<"$workspace"
  flock --nonblock --conflict-exit-code 75 "$lock" 2>/dev/null || status=$?
  ((status != 75)) || die "another run uses $workspace; wait for its end, or give this one a copy of the directory"
}

# The container's user must be able to write to the workspace: the caller, or the image's own user when root calls.
prepare_workspace() {
  local folder file
  lock_workspace
  for folder in output logs; do
    [[ ! -L $workspace/$folder ]] || die "$workspace/$folder is a link; remove it"
    mkdir -p "$workspace/$folder"
  done
  [[ -f $workspace/incident.json ]] || log "warning: there is no incident.json in $workspace"
  [[ -z $prompt ]] || printf '%s\n' "$prompt" | put_into_workspace prompt.md
  [[ -z $system_prompt ]] || put_into_workspace system-prompt.md <"$system_prompt"
  user=$(id -u):$(id -g)
  [[ $EUID == 0 ]] || return 0
  user=$AGENT_UID:$AGENT_UID
  chown -h "$user" "$workspace" "$workspace/output" "$workspace/logs"
  for file in incident.json incident_cluster_permissions.json prompt.md; do
    [[ ! -f $workspace/$file ]] || chown -h "$user" "$workspace/$file"
  done
}

# A copy of the kubeconfig that only the container's user can read, in $private; false, with a warning, when there is none.
# Where kubectl is at hand the copy holds the files that the kubeconfig names, which the container could not reach, and all
# of a list of kubeconfigs.
copy_kubeconfig() {
  local list=${kubeconfig:-${KUBECONFIG:-$HOME/.kube/config}} file found=''
  local -a files
  IFS=: read -ra files <<<"$list"
  for file in "${files[@]}"; do
    [[ -n $found || ! -f $file || ! -s $file || ! -r $file ]] || found=$file
  done
  if [[ -z $found ]]; then
    log "warning: there is no kubeconfig at $list; the agent cannot reach a cluster. Name one with --kubeconfig"
    return 1
  fi
  KUBECONFIG=$list kubectl config view --raw --flatten >"$private/kubeconfig" 2>/dev/null || cat <"$found" >"$private/kubeconfig"
  warn_of_kubeconfig
  chown "$user" "$private/kubeconfig"
  chmod 400 "$private/kubeconfig"
}

# What works here and cannot work in the container.
warn_of_kubeconfig() {
  ! grep -Eq '^[[:space:]-]*(exec|auth-provider):' "$private/kubeconfig" ||
    log 'warning: the kubeconfig has a program fetch its credentials, which the container does not have; docs/clusters.md makes one with a token'
  ! grep -Eq '^[[:space:]-]*server:.*//(127\.|localhost|\[::1\])' "$private/kubeconfig" ||
    log 'warning: the kubeconfig names a server on this machine; in the container that address is the container itself'
}

# Sets docker_run. What the container has beyond this is in agent-image/README.md.
build_docker_run() {
  local variable folder limits="rw,nosuid,nodev,exec,mode=0700,uid=${user%:*},gid=${user#*:},size=512m"
  docker_run=(
    docker run --rm --init --name "$container" --hostname agent --label triaged.standalone=true --log-driver none
    --user "$user" --read-only --cap-drop ALL --security-opt no-new-privileges --ipc private --ulimit core=0
    --memory "$memory" --memory-swap "$memory" --pids-limit 512
    --tmpfs "/tmp:rw,nosuid,nodev,exec,mode=1777,size=1g"
  )
  for folder in $(state_folders); do docker_run+=(--tmpfs "$CONTAINER_HOME/$folder:$limits"); done
  docker_run+=(
    --volume "$workspace:/workspace" --volume "$workspace/output:/output"
    --env "HOME=$CONTAINER_HOME" --env LANG=C.UTF-8
    --env "AGENT_HOME=$CONTAINER_HOME" --env WORKSPACE=/workspace --env OUTPUT=/output
    --env INCIDENT=/workspace/incident.json --env "INCIDENT_FOLDER=${workspace##*/}"
    --env "AGENT_CLI=$agent" --env "LLM_MODEL=$model" --env "ALLOWED_TOOLS=$tools" --env "DEBUG=$debug_mode"
  )
  [[ -z $key ]] || docker_run+=(--env "$key")
  for variable in "${AGENT_VARIABLES[@]}"; do
    [[ -z ${!variable:-} ]] || docker_run+=(--env "$variable")
  done
  [[ -z $system_prompt ]] || docker_run+=(--env SYSTEM_PROMPT_FILE=/workspace/system-prompt.md)
  if copy_kubeconfig; then
    docker_run+=(--volume "$private/kubeconfig:$CONTAINER_KUBECONFIG:ro" --env "KUBECONFIG=$CONTAINER_KUBECONFIG")
  fi
  docker_run+=(--entrypoint "$CONTAINER_RUNNERS/run-agent.sh" "$image" --inside)
}

# What the agents' CLIs write to below the home, one a line.
state_folders() {
  local name
  printf '.cache\n.local\n'
  for name in $(available_agents); do
    (load_agent "$name" && printf '%s\n' "${AGENT_STATE_FOLDERS[@]}")
  done
}

# Opens the log, $log_file, at $log_fd: never what is there already, be it a link, a pipe or, behind a link, a disk.
open_log() {
  local attempt
  set -o noclobber
  for attempt in now 'a second later'; do
    log_file=$workspace/output/triage_${agent}_$(date -u +%Y%m%d_%H%M%S).log
    # noclobber alone would open a pipe or a device.
    if [[ ! -e $log_file && ! -L $log_file ]] && { exec {log_fd}>"$log_file"; } 2>/dev/null; then
      set +o noclobber
      return
    fi
    debug "$attempt: $log_file cannot be created"
    sleep 1
  done
  die "the log $log_file cannot be created"
}

# Shows what the container prints, and appends it to the file open at $1, also when nobody looks any more; ends with the
# container's exit code.
run_logged() {
  set +e
  timeout --kill-after="$KILL_AFTER_SECONDS" "$timeout_seconds" "${docker_run[@]}" 2>&1 </dev/null | show_and_log "$1"
  return "${PIPESTATUS[0]}"
}

# The log gets every byte, and so does whatever is no terminal.
show_and_log() {
  if [[ $raw == true || ! -t 1 ]]; then tee -p "/dev/fd/$1"; else tee -p "/dev/fd/$1" | only_colours; fi
}

clean_up() {
  docker rm -f "$container" >/dev/null 2>&1 || true
  rm -rf "$private"
}

run_host() {
  local workspace prompt agent model tools system_prompt kubeconfig timeout_seconds memory image debug_mode raw
  local key user status=0 log_file log_fd started docker_run
  # The runners name places of the container.
  export WORKSPACE=/workspace OUTPUT=/output AGENT_HOME=$CONTAINER_HOME LLM_MODEL='' ALLOWED_TOOLS=''
  # That of the user database, for callers such as cron that set none.
  [[ -n ${HOME:-} ]] || { unset HOME; export HOME=~; }
  parse_flags "$@"
  check_flags
  prepare_workspace
  container=triage-$agent-$$-$(date -u +%s)
  private=$(mktemp -d)
  trap clean_up EXIT
  build_docker_run
  open_log

  touch "$private/started"
  started=$SECONDS
  # In the background, so that signals are heard: the agent is asked to end, the log goes on to its end.
  # Its standard error has nothing but the shell's remark on a command that had to be killed.
  run_logged "$log_fd" 2>/dev/null &
  # shellcheck disable=SC2064 # this container
  trap "docker kill --signal TERM '$container' >/dev/null 2>&1 || true" HUP INT TERM
  await_end $! || status=$?
  trap '' HUP INT TERM
  # `timeout` says 137, not 124, when it had to kill.
  if ((SECONDS - started >= timeout_seconds && (status == 124 || status == 137))); then
    status=124
    log "the time was up after $timeout_seconds seconds"
  fi
  [[ $workspace/output/report.json -nt $private/started ]] ||
    log 'warning: the agent left no report.json; whatever report lies in output is of an earlier run'
  log "log: $log_file"
  return "$status"
}
