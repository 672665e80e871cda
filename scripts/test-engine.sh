#!/usr/bin/env bash
# A Docker daemon of the tests' own, beside any other: own data, socket, containerd and bridge, no iptables rules.
#   test-engine.sh start    prints the DOCKER_HOST to use; does nothing when it runs already
#   test-engine.sh stop     ends what start began and leaves nothing mounted; images stay for the next time
#   TRIAGED_CACHE_DIR       where images are kept; default /var/cache/triaged
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly data=${TRIAGED_CACHE_DIR:-/var/cache/triaged}/engine
readonly ready_seconds=60 stop_seconds=30

fail() { printf 'test-engine: %s\n' "$*" >&2; exit 1; }

# A socket's path holds 107 bytes at most; containerd's lies deepest below the run folder.
run=$PWD/.cache/engine
((${#run} <= 60)) || run=/run/triaged-engine-$(printf '%s' "$PWD" | sha256sum | cut -c1-12)
checkout=$(printf '%s' "$PWD" | sha256sum | cut -c1-8)
# A bridge of our own that leads nowhere, because a daemon told to have none deletes docker0, which is another daemon's.
# 198.18.0.0/15 is set aside for tests of networks.
readonly checkout bridge=trg-$checkout bridge_address=198.19.$((16#${checkout:0:2})).1/24
readonly run pid_file=$run/pid socket=$run/docker.sock

# Nothing for a process that is gone.
arguments_of() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"; } 2>/dev/null

# The daemon's pid, if the process of that number is still it.
daemon_pid() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  [[ -n $pid && $(arguments_of "$pid") == *dockerd*"$pid_file"* ]] || return 1
  printf '%s' "$pid"
}

answers() { DOCKER_HOST=unix://$socket timeout 5 docker version >/dev/null 2>&1; }

# Pids of processes that were started with the run folder in their arguments: containerd and its shims.
leftovers() {
  local process
  for process in /proc/[0-9]*; do
    process=${process#/proc/}
    [[ $(arguments_of "$process") != *containerd*"$run"/exec* ]] || printf '%s\n' "$process"
  done
}

await() {
  local seconds=$1 deadline
  shift
  deadline=$((SECONDS + seconds))
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

is_gone() { ! daemon_pid >/dev/null; }
nothing_left() { [[ -z $(leftovers) ]]; }

start() {
  [[ $EUID == 0 ]] || fail 'a Docker daemon needs root; run this as root, or npm test, which needs none'
  local program
  for program in dockerd containerd docker ip; do
    command -v "$program" >/dev/null || fail "$program is missing; 'npm run setup' installs it"
  done
  if daemon_pid >/dev/null && answers; then
    printf 'unix://%s\n' "$socket"
    return
  fi
  # A daemon that does not answer, or what a killed one left.
  if daemon_pid >/dev/null || [[ -n $(leftovers) ]]; then stop; fi
  mkdir -p "$data" "$run"
  exec 9>"$data.lock"
  flock --wait 60 9 || fail "another checkout's test engine uses $data; stop it, or set TRIAGED_CACHE_DIR"
  rm -f "$pid_file" "$socket"
  ip link show "$bridge" >/dev/null 2>&1 || ip link add name "$bridge" type bridge
  ip address replace "$bridge_address" dev "$bridge"
  ip link set "$bridge" up
  # Not the machine's own configuration, which may name other sockets and folders.
  printf '{}\n' >"$run/daemon.json"
  # Descriptor 9 stays open in the daemon: the data folder is locked as long as it lives.
  setsid dockerd --config-file "$run/daemon.json" --data-root "$data" --exec-root "$run/exec" --pidfile "$pid_file" --host "unix://$socket" \
    --bridge="$bridge" --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false >"$run/log" 2>&1 </dev/null &
  local started=$!
  until answers; do
    kill -0 "$started" 2>/dev/null || { tail -n 20 "$run/log" >&2; fail 'the daemon ended'; }
    ((SECONDS < ready_seconds)) || { tail -n 20 "$run/log" >&2; stop; fail "the daemon did not answer within $ready_seconds s"; }
    sleep 0.2
  done
  # What tests left when they were killed.
  DOCKER_HOST=unix://$socket timeout 60 docker container prune --force >/dev/null
  DOCKER_HOST=unix://$socket timeout 60 docker volume prune --force >/dev/null
  DOCKER_HOST=unix://$socket timeout 60 docker network prune --force >/dev/null
  printf 'unix://%s\n' "$socket"
}

unmount_below() {
  local mount
  awk -v folder="$1" '$2 == folder || index($2, folder "/") == 1 { print $2 }' /proc/self/mounts | sort -r |
    while IFS= read -r mount; do umount "$mount" || umount --lazy "$mount"; done
}

stop() {
  local pid
  if pid=$(daemon_pid); then
    local containers
    containers=$(DOCKER_HOST=unix://$socket timeout 10 docker ps -q 2>/dev/null) || containers=''
    # shellcheck disable=SC2086 # ids, one a word
    [[ -z $containers ]] || DOCKER_HOST=unix://$socket timeout 60 docker kill $containers >/dev/null 2>&1 || true
    kill -TERM "$pid" 2>/dev/null || true
    await "$stop_seconds" is_gone || kill -KILL "$pid" 2>/dev/null || true
  fi
  if ! await 3 nothing_left; then
    for pid in $(leftovers); do kill -KILL "$pid" 2>/dev/null || true; done
    await 10 nothing_left || fail 'processes of the engine do not end'
  fi
  ip link delete "$bridge" 2>/dev/null || true
  unmount_below "$run"
  # Another checkout's engine may use the data by now; its lock says so.
  if [[ -e $data.lock ]] && flock --nonblock "$data.lock" true; then unmount_below "$data"; fi
  rm -rf "$run"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *) printf 'usage: test-engine.sh start|stop\n' >&2; exit 2 ;;
esac
