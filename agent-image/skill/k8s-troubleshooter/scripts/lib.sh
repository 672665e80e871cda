#!/usr/bin/env bash
# Shared by the scripts of this skill; sourced, not run.
#
# INVARIANTS: `kube` and `helm_read` are the only ways to a cluster, and they know reading verbs only. What a cluster says
# is data: it is never evaluated, loses its control characters, and stands indented in what is printed, so that nothing in
# it can end the block it stands in.
# shellcheck disable=SC2034 # some variables are for the scripts that source this file

readonly REQUEST_SECONDS=${REQUEST_SECONDS:-5}
# All calls of one script together; what comes later is left out and named.
readonly BUDGET_SECONDS=${BUDGET_SECONDS:-25}
readonly MAX_ANSWER_BYTES=8388608
readonly MAX_LINE_BYTES=600

TEMP=''
EVIDENCE=''
UNREAD=()

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 2; }

needs_value() { (($2 > 1)) || die "$1 needs a value"; }

# A name as Kubernetes has them; so it can be neither an option nor a path.
require_name() {
  [[ $2 =~ ^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$ && ${#2} -le 253 ]] || die "$1 is not a valid Kubernetes name: $(printf '%q' "$2")"
}

# Checks the tools and makes a folder that is gone at the end.
prepare() {
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || die 'bash 4.4 or newer is needed'
  local tool
  for tool in kubectl jq timeout; do
    command -v "$tool" >/dev/null || die "$tool is missing; install it or run this in the triage container"
  done
  TEMP=$(mktemp -d) || die 'no temporary folder can be made; set TMPDIR to a writable one'
  trap 'rm -rf "$TEMP"' EXIT
  EVIDENCE=$TEMP
}

# --- the cluster -------------------------------------------------------------------------------------------------------

seconds_for_call() {
  local left=$((BUDGET_SECONDS - SECONDS)) most=$((REQUEST_SECONDS + 2))
  printf '%s' "$((left < most ? left : most))"
}

# Runs a command in what is left of the time; its errors go to $TEMP/error.
within_budget() {
  local seconds status=0
  seconds=$(seconds_for_call)
  if ((seconds < 1)); then
    printf 'no time left' >"$TEMP/error"
    return 124
  fi
  timeout --kill-after=1 "$seconds" "$@" 2>"$TEMP/error" </dev/null | head -c "$MAX_ANSWER_BYTES" || status=$?
  # 141: the answer was longer than what is taken of it.
  ((status == 0 || status == 141))
}

kube() {
  case "$1 ${2:-}" in
    'get '* | 'describe '* | 'logs '* | 'top '* | 'version '* | 'auth can-i') ;;
    *) die "not a reading verb: $1" ;;
  esac
  within_budget kubectl --cache-dir="$TEMP/cache" --request-timeout="${REQUEST_SECONDS}s" "$@"
}

helm_read() {
  case $1 in
    status | history) ;;
    *) die "not a reading verb: $1" ;;
  esac
  within_budget helm "$@"
}

why_unread() {
  local error
  error=$(<"$TEMP/error")
  case $error in
    *'no time left'*) printf 'left out, the time was up' ;;
    *Forbidden* | *forbidden*) printf 'forbidden' ;;
    *Unauthorized* | *'must be logged in'*) printf 'the cluster does not accept the credentials' ;;
    *NotFound* | *'not found'* | *"doesn't have a resource type"*) printf 'not found' ;;
    '') printf 'no answer within %s s' "$((REQUEST_SECONDS + 2))" ;;
    *) tail -n 1 "$TEMP/error" | plain | tr -d '\n' ;;
  esac
}

# fetch FILE WHAT COMMAND...: the command's output as $EVIDENCE/FILE. When it cannot be read, no file, a note and 1.
fetch() {
  local file=$EVIDENCE/$1 what=$2
  shift 2
  if "$@" >"$file"; then return 0; fi
  rm -f "$file"
  UNREAD+=("$what: $(why_unread)")
  return 1
}

# The server's version; ends the script when there is no cluster to talk to.
require_cluster() {
  SERVER_VERSION=$(kube version -o json | jq -r '.serverVersion.gitVersion // empty' 2>/dev/null | plain) || true
  [[ -z $SERVER_VERSION ]] || return 0
  printf '%s: no cluster answers: %s\n' "${0##*/}" "$(why_unread)" >&2
  exit 1
}

# The namespace that the kubeconfig's context names.
context_namespace() {
  local name
  name=$(kubectl config view --minify -o 'jsonpath={..namespace}' 2>/dev/null </dev/null) || true
  [[ $name =~ ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ ]] || name=default
  printf '%s' "$name"
}

# --- text --------------------------------------------------------------------------------------------------------------

# Valid UTF-8 without control characters. Long lines lose their middle: an error's cause often stands at the end.
# (iconv -c drops what is invalid, and then ends with 1.)
plain() {
  LC_ALL=C tr -d '\000-\010\013-\037\177' | LC_ALL=C sed 's/\xc2[\x80-\x9f]//g' |
    LC_ALL=C awk -v most="$MAX_LINE_BYTES" '
      length($0) > most { $0 = substr($0, 1, most / 2) " [...] " substr($0, length($0) - most / 2 + 1) }
      { print }' | { iconv -c -f UTF-8 -t UTF-8 || true; }
}

# quoted [LINES]: standard input as an indented block of at most so many lines.
quoted() {
  local most=${1:-40}
  plain | awk -v most="$most" '
    NR <= most { print "    " $0 }
    END {
      if (NR == 0) print "    (nothing)"
      if (NR > most) printf "    (%d more lines)\n", NR - most
    }'
}

heading() { printf '\n## %s\n\n' "$1"; }

# What could not be read, so that nobody takes silence for health.
print_unread() {
  ((${#UNREAD[@]} > 0)) || return 0
  heading 'Not read'
  printf 'These parts are unknown, not healthy:\n\n'
  printf -- '- %s\n' "${UNREAD[@]}" | awk '!seen[$0]++' | head -n 30
}

# section TITLE FILE WHAT COMMAND...: a heading with what the command shows, or why it is not there.
section() {
  heading "$1"
  if fetch "${@:2}"; then
    quoted 40 <"$EVIDENCE/$2"
  else
    printf 'Not read: %s\n' "${UNREAD[-1]}"
  fi
}

# --- pods --------------------------------------------------------------------------------------------------------------

# table KIND NAMESPACE|'' : the rows of `kubectl get`, the namespace always first. As JSON, a cluster's pods can be hundreds of
# megabytes.
table() {
  local kind=$1 namespace=$2
  if [[ -n $namespace ]]; then
    kube get "$kind" -n "$namespace" --no-headers | sed "s/^/$namespace /"
  else
    kube get "$kind" -A --no-headers
  fi
}

# Of a table of pods, those that do not work: `namespace name ready status restarts`, the worst first.
troubled_pods() {
  awk -v NAME='^[a-z0-9][-a-z0-9.]*$' '
    function rank(status) {
      if (status ~ /CrashLoopBackOff|OOMKilled|Error|CreateContainer|RunContainer/) return 1
      if (status ~ /ImagePull|InvalidImageName/) return 2
      if (status == "Pending" || status ~ /Evicted|Unknown/) return 3
      return 4
    }
    $1 ~ NAME && $2 ~ NAME {
      split($3, ready, "/")
      if ($4 == "Completed" || ($4 == "Running" && ready[1] == ready[2] && $5 + 0 < 5)) next
      print rank($4), $1, $2, $3, $4, $5
    }' | LC_ALL=C sort -k 1,1n -k 6,6nr -k 2,3 | cut -d ' ' -f 2-
}

# short_workloads KIND: of a table of such workloads, those with fewer ready pods than wanted.
short_workloads() {
  awk -v kind="$1" '{
    split(kind == "daemonsets" ? $5 "/" $3 : $3, pods, "/")
    if (pods[1] + 0 < pods[2] + 0) printf "%s %s/%s: %d of %d pods ready\n", kind, $1, $2, pods[1], pods[2]
  }'
}

# Of one pod's JSON: a line for each thing that is wrong with it.
# shellcheck disable=SC2016 # the variables are jq's
readonly POD_TROUBLE='
  def meaning:
    {"0": "ended as intended", "1": "the program reported an error", "2": "wrong usage of a shell or program",
     "126": "the command is not executable", "127": "the command was not found", "128": "the container could not start",
     "130": "interrupted", "134": "aborted itself", "137": "killed: out of memory, or did not stop in time",
     "139": "segmentation fault", "143": "asked to stop"}[tostring] // "see the program";
  def ended: "exit \(.exitCode) (\(.exitCode | meaning))"
    + (if .reason then ", \(.reason)" else "" end)
    + (if .finishedAt then " at \(.finishedAt)" else "" end)
    + (if .message then ": \(.message)" else "" end);
  def condition($type): first(.status.conditions[]? | select(.type == $type and .status == "False")) // empty;
  (if .status.reason then "pod: \(.status.reason): \(.status.message // "")" else empty end),
  (condition("PodScheduled") | "not scheduled: \(.message // .reason // "no reason given")"),
  ([(.status.initContainerStatuses[]? + {part: "init container"}), (.status.containerStatuses[]? + {part: "container"})][]
    | . as $container | "\(.part) \(.name):" as $who
    | (.state.waiting // empty | select(.reason != "PodInitializing") | "\($who) waiting, \(.reason // "no reason given")\(if .message then ": \(.message)" else "" end)"),
      (.state.terminated // empty | select(.exitCode != 0) | "\($who) \(ended)"),
      (.lastState.terminated // empty | "\($who) restarted \($container.restartCount) times, last: \(ended)"),
      (select(.state.running and .ready == false) | "\($who) runs but is not ready: see its readiness probe"))
  | gsub("\\s+"; " ")'

# containers_that_ran FILE: of a pod's JSON, the names of the containers that ran, those in trouble first.
containers_that_ran() {
  jq -r '
  [.status.initContainerStatuses[]?, .status.containerStatuses[]?]
  | map(select(.state.running or .state.terminated or .lastState.terminated))
  | sort_by((.ready and (.restartCount == 0)) or (.state.terminated.exitCode == 0))[] | .name' "$1" 2>/dev/null |
    { grep -E '^[a-z0-9][-a-z0-9]*$' || true; }
}

# print_logs NAMESPACE POD CONTAINER LINES: the last start's log and, after a restart, the one before.
print_logs() {
  local namespace=$1 pod=$2 container=$3 lines=$4 file=log-$1-$2-$3.txt
  local -a read_log=(kube logs -n "$namespace" "$pod" -c "$container" --tail "$lines" --limit-bytes 65536)
  printf '\nLog of container %s, its last %s lines:\n\n' "$container" "$lines"
  if fetch "$file" "log of $namespace/$pod, container $container" "${read_log[@]}"; then
    quoted "$lines" <"$EVIDENCE/$file"
  else
    printf '    (not read: %s)\n' "${UNREAD[-1]##*: }"
  fi
  # That there was no earlier start is no news.
  if "${read_log[@]}" --previous >"$EVIDENCE/previous-$file"; then
    printf '\nThe same before its last restart:\n\n'
    quoted "$lines" <"$EVIDENCE/previous-$file"
  else
    rm -f "$EVIDENCE/previous-$file"
  fi
}

# print_events NAMESPACE|'' FIELD-SELECTOR LINES: the newest last.
print_events() {
  local namespace=$1 selector=$2 lines=$3
  local -a flags=(-A)
  [[ -z $namespace ]] || flags=(-n "$namespace")
  kube get events "${flags[@]}" --no-headers --field-selector "$selector" --sort-by=.lastTimestamp | tail -n "$lines"
}

# parse_scope ARGUMENTS: for scripts that take a namespace only; leaves `namespace`, `scope_flags` for kubectl and `scope`
# for people.
parse_scope() {
  namespace=''
  while (($# > 0)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      -n | --namespace) needs_value "$1" $#; namespace=$2; require_name "$1" "$2"; shift ;;
      *) die "unknown argument $(printf '%q' "$1"); see --help" ;;
    esac
    shift
  done
  scope_flags=(-A)
  scope='all namespaces'
  [[ -z $namespace ]] || scope_flags=(-n "$namespace") scope="namespace $namespace"
}
